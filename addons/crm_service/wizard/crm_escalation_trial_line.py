from odoo import fields, models


class CrmEscalationTrialLine(models.TransientModel):
    _name = "crm.escalation.trial.line"
    _description = "Escalation Dry Run Line"
    _order = "date, id"

    trial_id = fields.Many2one("crm.escalation.trial", required=True, ondelete="cascade", index=True)
    ticket_id = fields.Many2one("crm.ticket", required=True, readonly=True, ondelete="cascade")
    date = fields.Datetime("Would Have Fired", required=True, readonly=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    user_id = fields.Many2one(related="ticket_id.user_id")
