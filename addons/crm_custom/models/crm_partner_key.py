from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

from ..tools import identity as ident

BATCH = 5000  # partners whose keys are made at once: bounds the memory
SOURCE_FIELDS = (
    *("name", "email", "phone", "vat", "street", "street2", "city", "zip", "state_id"),
    *("parent_id", "type", "active"),
)

TEXTS = (
    *("name_key", "name_tokens", "phone_keys", "email_keys", "vat_key", "street_key", "city_key", "zip_key"),
    *("state_key", "source"),
)
COLUMNS = ("partner_id", "numbers", "blocks", *TEXTS)  # in the order in which `_prepare` gives them
ROW_END, VALUE_END = "\x1e", "\x1f"  # no key has such a character


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
        """Arrays, which no field type offers: all blocking keys, and those that are looked up by an index.

        Why not an index of all: a scan of many partners would spend a third of its time on keeping it.
        """
        self.env.cr.execute("ALTER TABLE crm_partner_key ADD COLUMN IF NOT EXISTS blocks text[]")
        if "numbers" not in table_columns(self.env.cr, "crm_partner_key"):
            self.env.cr.execute("ALTER TABLE crm_partner_key ADD COLUMN numbers text[]")
            self.env.cr.execute(
                """UPDATE crm_partner_key SET numbers = ARRAY(
                          SELECT block FROM UNNEST(blocks) block WHERE LEFT(block, 2) IN ('p:', 'e:', 'v:'))"""
            )
        self.env.cr.execute("DROP INDEX IF EXISTS crm_partner_key_blocks_idx")
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS crm_partner_key_numbers_idx ON crm_partner_key USING gin (numbers)"
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
        self._upsert(rows)
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
    def _refresh_after(self, partner_id, count):
        """Make missing and outdated keys among the next `count` partners after this id.

        Returns the last id that was looked at, None at the end. A scan walks through all partners by it: each is
        read once, and a step costs the same whatever is done already.
        """
        self.env["res.partner"].flush_model(SOURCE_FIELDS)
        upto = self.env.execute_query(
            SQL(
                "SELECT MAX(id) FROM (SELECT id FROM res_partner WHERE id > %s ORDER BY id LIMIT %s) bite",
                partner_id,
                count,
            )
        )[0][0]
        if upto:
            bite = SQL("p.partner_id > %s AND p.partner_id <= %s", partner_id, upto)
            rows = self.env.execute_query_dict(
                SQL(
                    """SELECT source.* FROM (%(source)s AND %(bite)s) source
                         LEFT JOIN crm_partner_key p ON p.partner_id = source.partner_id AND %(bite)s
                        WHERE p.source IS DISTINCT FROM source.source""",
                    source=self._source_query(),
                    bite=bite,
                )
            )
            self._upsert(rows)
            self.invalidate_model()
        return upto

    @api.model
    def _sort_in(self):
        """Sort in what the indexes have collected, so that searches need not read it."""
        for index in ("crm_partner_key_name_trgm_idx", "crm_partner_key_numbers_idx"):
            self.env.cr.execute(SQL("SELECT gin_clean_pending_list(%s::regclass)", index))

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
        """Texts of COLUMNS for one row of keys, from one row of `_source_query`."""
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
        return (
            str(row["partner_id"]),
            "\n".join(sorted(ident.numbers(record))),
            "\n".join(sorted(ident.blocks(record))),
            ident.words_key(record.name),
            " ".join(record.name),
            " ".join(record.phones),
            " ".join(record.emails),
            record.vat,
            " ".join(record.street),
            record.city,
            record.zip,
            record.state,
            row["source"],
        )

    @api.model
    def _upsert(self, rows):
        """Insert or renew the keys of these rows of `_source_query`.

        As one text parameter, taken apart by the database: a parameter a value is far slower, JSON somewhat.
        """
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_partner_key (%(names)s)
                   SELECT part[1]::int, STRING_TO_ARRAY(part[2], E'\\n'), STRING_TO_ARRAY(part[3], E'\\n'), %(texts)s
                     FROM (
                          SELECT STRING_TO_ARRAY(line, %(value_end)s) AS part
                            FROM STRING_TO_TABLE(%(lines)s, %(row_end)s) line OFFSET 0) made
                       ON CONFLICT (partner_id) DO UPDATE SET %(renewed)s""",
                names=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                texts=SQL(", ").join(SQL("part[%s]", place) for place in range(4, len(COLUMNS) + 1)),
                lines=ROW_END.join(VALUE_END.join(self._prepare(row)) for row in rows),
                row_end=ROW_END,
                value_end=VALUE_END,
                renewed=SQL(", ").join(SQL("%s = EXCLUDED.%s", *(2 * [SQL.identifier(name)])) for name in COLUMNS[1:]),
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
                tuple(row[1].split(" ")) if row[1] else (),
                tuple(row[2].split(" ")) if row[2] else (),
                tuple(row[3].split(" ")) if row[3] else (),
                row[4] or "",
                tuple(row[5].split(" ")) if row[5] else (),
                row[6] or "",
                row[7] or "",
                row[8] or "",
            )
            for row in rows
        }
