from odoo import api, fields, models


class CrmEscalationTrial(models.TransientModel):
    """What a step of a ladder would have done in a past period, from the stored clocks, events and owners.

    The tickets are judged by their present team, category and priority; that is the one thing not kept by the hour.
    """

    _name = "crm.escalation.trial"
    _description = "Escalation Dry Run"

    rule_id = fields.Many2one("crm.escalation.rule", "Step", required=True, readonly=True, ondelete="cascade")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("To", required=True)
    line_ids = fields.One2many("crm.escalation.trial.line", "trial_id", readonly=True)
    count = fields.Integer("Times", readonly=True)
    sentence = fields.Char(compute="_compute_sentence")

    @api.depends("line_ids")
    def _compute_sentence(self):
        for trial in self:
            trial.sentence = self.env._(
                "It would have fired %(count)s times, on %(tickets)s tickets.",
                count=trial.count,
                tickets=len(trial.line_ids.ticket_id),
            )

    @api.model
    def _run(self, rule, start, stop):
        rule.check_access("read")
        trial = self.create({"rule_id": rule.id, "date_from": start, "date_to": stop})
        trial._refresh()
        return trial

    def action_refresh(self):
        self._refresh()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry Run"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _refresh(self):
        self.ensure_one()
        self.line_ids.unlink()
        fired = self.rule_id._would_fire(self.date_from, self.date_to)
        self.count = len(fired)
        self.env["crm.escalation.trial.line"].create(
            [{"trial_id": self.id, "ticket_id": ticket.id, "date": at} for ticket, at in fired]
        )

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.ticket_id.ids)],
            "context": {"active_test": False},
        }
