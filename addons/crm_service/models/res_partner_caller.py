from odoo import api, models
from odoo.addons.crm_custom.tools import phones
from odoo.fields import Domain

MIN_DIGITS = 5  # shorter numbers are internal ones


class ResPartner(models.Model):
    """Callers: found by number in any writing; found by what they have in their hands."""

    _inherit = "res.partner"

    @api.model
    def _crm_caller_domain(self, number, company):
        """Whoever has this number in the company: dialled the same, else ending alike; None for no number."""
        digits = [letter for letter in number or "" if letter.isdigit()]
        if len(digits) < MIN_DIGITS or not phones.looks_like_phone(number):
            return None
        partners = self.with_company(company)
        visible = Domain("company_id", "in", [company.id, False])

        def having(operator, value):
            further = self.env["crm.partner.phone"].sudo()._search([("e164", operator, value)])
            own = Domain("phone_sanitized", operator, value)
            return (own | Domain("id", "in", further.subselect("partner_id"))) & visible

        if dialled := partners._phone_format_number(number, company.country_id):
            same = having("=", dialled)
            if self.search_count(same, limit=1):
                return same
        return having("=like", f"%{phones.tail_of(number)}")

    def _one_customer(self):
        """Of several with one number: the company, if all of them belong to it."""
        customers = self.commercial_partner_id
        return customers if len(customers) == 1 else self.browse()

    @api.model
    def _search_display_name(self, operator, value):
        """In the quick entry a customer is found by the number of his order, delivery, invoice or lot, too."""
        domain = super()._search_display_name(operator, value)
        if self.env.context.get("crm_find_by_record") and operator in ("ilike", "=", "like") and value:
            found = self._crm_partners_of_reference(value)
            if found:
                domain = Domain(domain) | Domain("id", "in", found.ids)
        return domain

    @api.model
    def _crm_partners_of_reference(self, text):
        """Return the customers of the records whose reference this is (complete, in small letters or capitals)."""
        word = text.strip()
        if len(word) < 3 or not any(letter.isdigit() for letter in word):
            return self.browse()
        tickets = self.env["crm.ticket"]
        found = tickets._records_named({word, word.upper()}, self.env.companies)
        partners = tickets.search([("number", "in", [word, word.upper()])], limit=5).partner_id
        for key in ("sale_order_id", "picking_id", "move_id"):
            for record, _names in found[key]:
                partners |= record.partner_id
        lots = self.env["stock.lot"].union(*(record for record, _names in found["lot_id"]))
        if lots:
            moved = (
                self.env["stock.move.line"]
                .sudo()
                .search(
                    [("lot_id", "in", lots.ids), ("state", "=", "done"), ("company_id", "in", self.env.companies.ids)],
                    limit=100,
                )
            )
            partners |= moved.move_id.sale_line_id.order_id.partner_id
        return partners.sudo(False)
