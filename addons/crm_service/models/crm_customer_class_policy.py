from odoo import fields, models


class CrmCustomerClassPolicy(models.Model):
    """The service level of a class: tickets of its customers run by this policy where it fits them."""

    _name = "crm.customer.class.policy"
    _inherit = ["crm.customer.class.policy", "crm.cached.mixin"]

    sla_policy_id = fields.Many2one(
        "crm.sla.policy",
        string="Service Level Policy",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        help="For tickets of this class's customers only, before all other policies.",
    )

    def _sentence(self):
        sentence = super()._sentence()
        policy = self.sudo().sla_policy_id
        if not policy:
            return sentence
        if not sentence:
            return self.env._("%(class_name)s: service %(name)s", class_name=self.display_name, name=policy.name)
        return self.env._("%(sentence)s; service %(name)s", sentence=sentence, name=policy.name)
