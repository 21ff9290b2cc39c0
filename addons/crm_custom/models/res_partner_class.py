from odoo import api, fields, models


class ResPartner(models.Model):
    """What the customer receives by its class."""

    _inherit = "res.partner"

    class_policy_id = fields.Many2one(
        "crm.customer.class.policy",
        compute="_compute_class_policy",
        compute_sudo=True,
    )
    class_policy_text = fields.Char(
        string="What the class receives", compute="_compute_class_policy", compute_sudo=True
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang", "uid")
    def _compute_class_policy(self):
        """Only where the user may read the class, as `customer_class`."""
        visible = self.filtered("customer_class")
        policies = self.env["crm.customer.class.policy"]._for_partners(visible, self.env.company)
        for partner in self:
            policy = policies.get(partner.id)
            partner.class_policy_id = policy
            partner.class_policy_text = policy._sentence() if policy else False

    def action_crm_trajectory(self):
        """The trajectory of the relationship: dated changes of class and lifecycle state."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_customer_change_action")
        return action | {
            "name": self.env._("Changes of %(customer)s", customer=self.commercial_partner_id.display_name),
            "domain": [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)],
            "context": {},
        }
