from odoo import fields, models


class ResPartner(models.Model):
    """What a contact allows, as part of the customer's record."""

    _inherit = "res.partner"

    crm_consent_ids = fields.One2many(
        "crm.consent",
        "partner_id",
        string="Consents",
        domain=[("is_current", "=", True)],
        groups="sales_team.group_sale_salesman",
    )
    crm_consent_count = fields.Integer(
        string="Decisions", compute="_compute_crm_consent_count", groups="sales_team.group_sale_salesman"
    )

    def _compute_crm_consent_count(self):
        """Current decisions of the contact; of a company, of its people too (as far as the user may read them)."""
        counts = {}
        groups = self.env["crm.consent"]._read_group(
            [("partner_id", "child_of", self.ids), ("is_current", "=", True)], ["partner_id"], ["__count"]
        )
        for partner, count in groups:
            for one in partner | partner.parent_id | partner.commercial_partner_id:
                counts[one.id] = counts.get(one.id, 0) + count
        for partner in self:
            partner.crm_consent_count = counts.get(partner.id, 0)

    def _crm_consent_address(self, channel):
        """Mail address or number by which the channel reaches the contact; nothing for a letter."""
        self.ensure_one()
        if channel == "email":
            return self.email_normalized
        if channel in ("sms", "call"):
            return self.phone_sanitized
        return False

    def action_crm_consents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_consent_action")
        return action | {
            "domain": [("partner_id", "child_of", self.ids)],
            "context": {"default_partner_id": self.id, "search_default_current": 1},
        }
