from odoo import api, fields, models


class CrmCustomerClassPolicy(models.Model):
    """The service level of a class: tickets of its customers run by this policy where it fits them."""

    _inherit = "crm.customer.class.policy"

    sla_policy_id = fields.Many2one(
        "crm.sla.policy",
        string="Service Level Policy",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        help="For tickets of this class's customers only, before all other policies.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _sentence(self):
        sentence = super()._sentence()
        policy = self.sudo().sla_policy_id
        if not policy:
            return sentence
        if not sentence:
            return self.env._("%(class_name)s: service %(name)s", class_name=self.display_name, name=policy.name)
        return self.env._("%(sentence)s; service %(name)s", sentence=sentence, name=policy.name)
