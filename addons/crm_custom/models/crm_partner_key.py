import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import identity as ident

BATCH = 5000  # partners whose keys are made at once: bounds the memory
SOURCE_FIELDS = (
    *("name", "email", "phone", "vat", "street", "street2", "city", "zip", "state_id"),
    *("parent_id", "type", "active"),
)

COLUMNS = {"partner_id": SQL("int")} | {
    name: SQL("text")
    for name in (
        *("name_key", "name_tokens", "phone_keys", "email_keys", "vat_key", "street_key", "city_key", "zip_key"),
        *("state_key", "source"),
    )
}
COLUMNS["blocks"] = SQL("text[]")


class CrmPartnerKey(models.Model):
    """What a partner is recognised by: normalised name, phones, mails, tax number and address, with indexes.

    One row a partner, made by the rules of `tools/identity.py`. Why a satellite: partners carry no computed columns,
    and a write of other fields costs nothing. Partners created or renamed in a transaction get their keys at its
    end (one read and one upsert, whatever their number); what was written by SQL is found by the digest `source`
    and caught up by the cron and before a scan.
    """

    _name = "crm.partner.key"
    _description = "Customer Identity Key"
    _log_access = False
    _rec_name = "name_key"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", readonly=True)
    name_key = fields.Char(readonly=True, help="Sorted words of the name without legal form, in ASCII.")
    name_tokens = fields.Char(readonly=True)
    phone_keys = fields.Char(readonly=True)
    email_keys = fields.Char(readonly=True)
    vat_key = fields.Char(readonly=True)
    street_key = fields.Char(readonly=True)
    city_key = fields.Char(readonly=True)
    zip_key = fields.Char(readonly=True)
    state_key = fields.Char(readonly=True)
    source = fields.Char(readonly=True, help="Digest of what the keys were made of.")

    _partner_uniq = models.Constraint("UNIQUE (partner_id)", "A partner has one row of keys.")
    _name_trgm_idx = models.Index("USING gin (name_key gin_trgm_ops)")

    def init(self):
        """The blocking keys: an array with an index of its own, which no field type offers."""
        self.env.cr.execute("ALTER TABLE crm_partner_key ADD COLUMN IF NOT EXISTS blocks text[]")
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS crm_partner_key_blocks_idx ON crm_partner_key USING gin (blocks)"
        )

    # === KEEPING THEM TRUE === #

    @api.model
    def _mark(self, partner_ids):
        """Make the keys of these partners before the transaction ends."""
        precommit = self.env.cr.precommit
        if "crm_partner_key" not in precommit.data:
            precommit.data["crm_partner_key"] = set()
            precommit.add(self.sudo()._flush_marked)
        precommit.data["crm_partner_key"].update(partner_ids)

    @api.model
    def _flush_marked(self):
        marked = sorted(self.env.cr.precommit.data.pop("crm_partner_key", ()))
        for start in range(0, len(marked), BATCH):
            self._refresh(marked[start : start + BATCH])

    @api.model
    def _refresh(self, partner_ids):
        """Make the keys of these partners anew; those that no longer have any lose their row."""
        if not partner_ids:
            return
        self.env["res.partner"].flush_model(SOURCE_FIELDS)
        rows = self.env.execute_query_dict(
            SQL("%s AND p.partner_id IN %s", self._source_query(), tuple(partner_ids))  # rows of the partners as typed
        )
        if rows:
            self._upsert([self._prepare(row) for row in rows])
        gone = set(partner_ids) - {row["partner_id"] for row in rows}
        if gone:
            self.env.cr.execute(SQL("DELETE FROM crm_partner_key WHERE partner_id IN %s", tuple(gone)))
        self.invalidate_model()

    @api.model
    def _refresh_stale(self, limit=None):
        """Make the keys that are missing or older than the partner's data; returns how many."""
        self.env["res.partner"].flush_model(SOURCE_FIELDS)
        stale = SQL(
            """SELECT source.partner_id FROM (%s) source
                 LEFT JOIN crm_partner_key key ON key.partner_id = source.partner_id
                WHERE key.source IS DISTINCT FROM source.source""",
            self._source_query(),
        )
        partner_ids = [row[0] for row in self.env.execute_query(SQL("%s LIMIT %s", stale, limit or 10_000_000))]
        for start in range(0, len(partner_ids), BATCH):
            self._refresh(partner_ids[start : start + BATCH])
        return len(partner_ids)

    @api.model
    def _cron_refresh(self):
        """Catch up with what was written by SQL, in bites that a killed worker does not lose."""
        while done := self._refresh_stale(BATCH):
            remaining = BATCH if done == BATCH else 0
            if not self.env["ir.cron"]._commit_progress(processed=done, remaining=remaining) or not remaining:
                break

    @api.model
    def _source_query(self):
        """What the keys are made of, of each partner that can be a customer or a contact.

        Left out: addresses for delivery or invoice, colleagues and the own companies. A contact of a company has
        the company's address and tax number; they say nothing about the person, so that they do not count.
        """
        own = SQL("(p.parent_id IS NULL OR p.is_company)")
        return SQL(
            """SELECT p.*, MD5(p::text) AS source FROM (
                      SELECT p.id AS partner_id, p.name, p.email, p.phone, %(phones)s AS phones,
                             CASE WHEN %(own)s THEN p.vat END AS vat,
                             CASE WHEN %(own)s THEN p.street END AS street,
                             CASE WHEN %(own)s THEN p.street2 END AS street2,
                             CASE WHEN %(own)s THEN p.city END AS city,
                             CASE WHEN %(own)s THEN p.zip END AS zip,
                             CASE WHEN %(own)s THEN p.state_id END AS state_id
                        FROM res_partner p
                       WHERE p.active AND p.name IS NOT NULL AND p.partner_share IS NOT FALSE
                         AND COALESCE(p.type, 'contact') NOT IN ('invoice', 'delivery', 'other')
                         AND NOT EXISTS (SELECT 1 FROM res_company c WHERE c.partner_id = p.id)) p
                WHERE TRUE""",
            own=own,
            phones=self._extra_phones(),
        )

    @api.model
    def _extra_phones(self):
        """SQL text of further numbers of partner `p`, separated by line breaks."""
        self.env["crm.partner.phone"].flush_model(["partner_id", "number"])
        return SQL(
            "(SELECT STRING_AGG(extra.number, E'\\n' ORDER BY extra.id) FROM crm_partner_phone extra"
            " WHERE extra.partner_id = p.id)"
        )

    @api.model
    def _prepare(self, row):
        """Values of one row of keys, from one row of `_source_query`."""
        record = ident.identity(
            row["name"],
            [row["phone"], *(row["phones"] or "").split("\n")],
            [row["email"]],
            row["vat"],
            " ".join(filter(None, (row["street"], row["street2"]))),
            row["city"],
            row["zip"],
            str(row["state_id"] or ""),
        )
        return {
            "partner_id": row["partner_id"],
            "name_key": ident.name_key(row["name"]),
            "name_tokens": " ".join(record.name),
            "phone_keys": " ".join(record.phones),
            "email_keys": " ".join(record.emails),
            "vat_key": record.vat,
            "street_key": " ".join(record.street),
            "city_key": record.city,
            "zip_key": record.zip,
            "state_key": record.state,
            "source": row["source"],
            "blocks": sorted(ident.blocks(record)),
        }

    @api.model
    def _upsert(self, values):
        """Insert or renew rows of keys; as one JSON parameter, which is quicker than a parameter a value."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_partner_key (%s) SELECT %s FROM JSONB_TO_RECORDSET(%s::jsonb) AS made (%s)"
                " ON CONFLICT (partner_id) DO UPDATE SET %s",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                json.dumps(values),
                SQL(", ").join(SQL("%s %s", SQL.identifier(name), kind) for name, kind in COLUMNS.items()),
                SQL(", ").join(SQL("%s = EXCLUDED.%s", *(2 * [SQL.identifier(name)])) for name in list(COLUMNS)[1:]),
            )
        )

    # === READING THEM === #

    @api.model
    def _identities(self, partner_ids):
        """{partner id: Identity} of the rows of these partners."""
        if not partner_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, name_tokens, phone_keys, email_keys, vat_key, street_key, city_key, zip_key,
                          state_key
                     FROM crm_partner_key WHERE partner_id IN %s""",
                tuple(partner_ids),
            )
        )
        return {
            row[0]: ident.Identity(
                tuple((row[1] or "").split(" ")) if row[1] else (),
                tuple((row[2] or "").split()),
                tuple((row[3] or "").split()),
                row[4] or "",
                tuple((row[5] or "").split()),
                *(part or "" for part in row[6:9]),
            )
            for row in rows
        }
