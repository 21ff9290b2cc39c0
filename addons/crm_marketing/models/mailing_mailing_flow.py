from odoo import fields, models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    crm_flow_step_id = fields.Many2one(
        "crm.flow.step", "Flow Step", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    crm_flow_day = fields.Date("Day of the Flow", readonly=True, copy=False)
