from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_dunning_count = fields.Integer("Reminders", compute="_compute_crm_dunning_count")

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_crm_dunning_count(self):
        Letter = self.env["crm.dunning.letter"]
        counts = {}
        if Letter.has_access("read"):
            customers = self.commercial_partner_id._origin
            domain = [("partner_id", "in", customers.ids), ("state", "not in", ("cancelled", "held"))]
            counts = dict(Letter._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.crm_dunning_count = counts.get(partner.commercial_partner_id._origin, 0)

    def action_crm_dunning_letters(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_letter_action")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)]}

    # === PRIVACY === #

    def _crm_dunning_domain(self):
        return Domain("contact_id", "=", self.id) | Domain("partner_id", "=", self.id)

    def _crm_person_sections(self):
        lines = self._crm_person_rows(
            "crm.dunning.letter",
            self._crm_dunning_domain(),
            "create_date",
            lambda row: f"{row.amount} {row.email or ''}",
        )
        return [*super()._crm_person_sections(), (self.env._("Reminders"), lines)]

    def _crm_erase_more(self):
        """The letters stay with the invoices; the person and the address leave them."""
        letters = self.env["crm.dunning.letter"].search(self._crm_dunning_domain())
        letters.write({"contact_id": False, "email": False})
        letters.mail_id.sudo().unlink()
        self._crm_erase_talk(letters)
        return super()._crm_erase_more() + len(letters)
