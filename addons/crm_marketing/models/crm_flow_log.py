from odoo import fields, models


class CrmFlowLog(models.Model):
    """What a step did with a customer, in words. In a test, what it would have done, at the time it would have."""

    _name = "crm.flow.log"
    _description = "Flow Log"
    _order = "date, id"
    _rec_name = "text"

    run_id = fields.Many2one("crm.flow.run", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    date = fields.Datetime(required=True)
    text = fields.Char("What", required=True)
