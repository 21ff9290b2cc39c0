from odoo import api, fields, models
from odoo.addons.phone_validation.tools import phone_validation
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import phones

CLEANUP_BATCH = 2000


class ResPartner(models.Model):
    """Numbers of a customer: written internationally, found in any writing, cleaned up in batches."""

    _inherit = "res.partner"

    crm_phone_ids = fields.One2many("crm.partner.phone", "partner_id", string="Further numbers")
    crm_phone_invalid = fields.Boolean(
        string="Invalid number", compute="_compute_crm_phone_invalid", search="_search_crm_phone_invalid"
    )

    # Odoo stores the dialled number of a partner without an index.
    _phone_sanitized_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.depends("phone", "phone_sanitized", "crm_phone_ids.is_valid")
    def _compute_crm_phone_invalid(self):
        for partner in self:
            wrong = partner.phone and not partner.phone_sanitized
            partner.crm_phone_invalid = bool(wrong) or not all(partner.crm_phone_ids.mapped("is_valid"))

    @api.model
    def _search_crm_phone_invalid(self, operator, value):
        if operator != "in":
            return NotImplemented
        own = Domain("phone", "not in", (False, "")) & Domain("phone_sanitized", "in", (False, ""))
        return own | Domain("crm_phone_ids", "any", [("is_valid", "=", False)])

    # === FINDING === #

    @api.model
    def _search_phone_mobile_search(self, operator, value):
        """Odoo's search in `phone`, and beside it the dialled number and the further ones, in any writing."""
        domain = super()._search_phone_mobile_search(operator, value)
        if operator in ("=", "ilike", "like") and isinstance(value, str) and phones.looks_like_phone(value):
            domain = Domain(domain) | self._crm_phone_domain(value)
        return domain

    @api.model
    def _search_display_name(self, operator, value):
        """A search term that can only be a number finds the people who have it."""
        domain = super()._search_display_name(operator, value)
        if operator in ("=", "ilike", "like", "=ilike") and isinstance(value, str) and phones.looks_like_phone(value):
            domain = Domain(domain) | self._crm_phone_domain(value)
        return domain

    @api.model
    def _crm_phone_domain(self, text):
        """Whoever has this number: the same dialled number, else one that ends or goes on like it."""
        extra = self.env["crm.partner.phone"].sudo()
        pattern = f"%{phones.tail_of(text)}%"
        own, further = Domain("phone_sanitized", "=like", pattern), Domain("e164", "=like", pattern)
        if dialled := self._phone_format_number(text, self.env.company.country_id):
            own, further = own | Domain("phone_sanitized", "=", dialled), further | Domain("e164", "=", dialled)
        return own | Domain("id", "in", extra._search(further).subselect("partner_id"))

    def action_crm_open_customer(self):
        """From a contact to its customer in one step."""
        self.ensure_one()
        return self.commercial_partner_id.get_formview_action()

    # === CLEAN-UP === #

    @api.model
    def _crm_phone_candidates(self, after=0):
        """WHERE of partners whose number is not yet in international writing, or not known to be a number."""
        return SQL(
            """partner.phone IS NOT NULL AND partner.phone <> '' AND partner.id > %s
               AND (partner.company_id IS NULL OR partner.company_id IN %s)
               AND (partner.phone_sanitized IS NULL OR partner.phone !~ '^\\+[0-9]{1,3} [0-9]'
                    OR regexp_replace(partner.phone, '[^+0-9]', '', 'g') <> partner.phone_sanitized)""",
            after,
            tuple(self.env.companies.ids),
        )

    @api.model
    def _crm_clean_phones(self, after=0, limit=CLEANUP_BATCH):
        """Bring the numbers of the next partners into international writing, by SQL, a batch at a time.

        Keeps what cannot be read. Returns (id of the last partner, checked, changed, invalid): go on from that id.
        Only the writing changes, never the number, hence no entry in anybody's history.
        """
        self.flush_model(["phone", "phone_sanitized", "country_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.id, partner.phone, partner.phone_sanitized, partner.country_id
                   FROM res_partner partner WHERE %s ORDER BY partner.id LIMIT %s""",
                self._crm_phone_candidates(after),
                limit,
            )
        )
        if not rows:
            return after, 0, 0, 0
        countries = self.env["res.country"].browse({row[3] or self.env.company.country_id.id for row in rows})
        codes = {country.id: (country.code, country.phone_code) for country in countries}
        known, changes, invalid = {}, [], 0
        for identifier, number, sanitized, country in rows:
            key = number, country or self.env.company.country_id.id
            if key not in known:
                known[key] = self._crm_read_number(number, *codes.get(key[1], (None, None)))
            dialled, written = known[key]
            invalid += not dialled
            if dialled and (dialled, written) != (sanitized, number):
                changes.append(SQL("(%s, %s, %s)", identifier, dialled, written))
        if changes:
            self.env.cr.execute(
                SQL(
                    """UPDATE res_partner partner SET phone = new.written, phone_sanitized = new.dialled
                       FROM (VALUES %s) new (id, dialled, written) WHERE new.id = partner.id""",
                    SQL(", ").join(changes),
                )
            )
            self.invalidate_model(["phone", "phone_sanitized"])
        return rows[-1][0], len(rows), len(changes), invalid

    @api.model
    def _crm_read_number(self, number, code, phone_code):
        """Return (dialled, written) of a number of that country, (False, False) where it is none."""
        try:
            dialled = phone_validation.phone_format(number, code, phone_code, force_format="E164")
            return dialled, phone_validation.phone_format(dialled, code, phone_code, force_format="INTERNATIONAL")
        except UserError:
            return False, False

    @api.model
    def _cron_clean_phones(self):
        """Every company's numbers, a batch per commit; a run that was stopped finds its rest the next time."""
        progress = self.env["ir.cron"]._commit_progress
        partners = self.with_context(allowed_company_ids=self.env["res.company"].sudo().search([]).ids)
        progress(remaining=self._crm_phone_candidate_count(partners))
        after = checked = 0
        while True:
            after, checked, _changed, _invalid = partners._crm_clean_phones(after)
            if not checked or not progress(checked):
                break

    @api.model
    def _crm_phone_candidate_count(self, partners):
        where = partners._crm_phone_candidates()
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM res_partner partner WHERE %s", where))[0][0]
