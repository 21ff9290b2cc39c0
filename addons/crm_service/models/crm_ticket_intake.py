from odoo import api, fields, models
from odoo.tools import SQL


class CrmTicket(models.Model):
    """One queue for requests of all channels."""

    _inherit = "crm.ticket"

    channel = fields.Selection(selection_add=[("chat", "Chat")], ondelete={"chat": "set default"})
    reseller_id = fields.Many2one(
        "res.partner", "Reported by Partner", index="btree_not_null", check_company=True, tracking=True
    )
    call_ids = fields.One2many("crm.call.log", "ticket_id", "Calls", readonly=True)
    call_count = fields.Integer("Calls Made", compute="_compute_call_count")

    @api.depends("call_ids")
    def _compute_call_count(self):
        counts = dict(
            self.env["crm.call.log"].sudo()._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        )
        for ticket in self:
            ticket.call_count = counts.get(ticket._origin, 0)

    def action_take_next(self):
        """Give the user the first ticket of the queue that nobody has, whatever is selected; two agents never get
        the same one."""
        self.check_access("write")
        query = self._search(
            [
                ("user_id", "=", False),
                ("stage_kind", "in", ("new", "open")),
                ("company_id", "in", self.env.companies.ids),
            ],
            limit=1,
            order="priority desc, deadline, id",
        )
        rows = self.env.execute_query(SQL("%s FOR UPDATE OF crm_ticket SKIP LOCKED", query.select()))
        if not rows:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "success", "message": self.env._("The queue is empty: every ticket has an owner.")},
            }
        ticket = self.browse(rows[0][0])
        ticket.action_take()
        return ticket._get_records_action(target="current")

    def action_open_calls(self):
        return self._open_records(self.call_ids, self.env._("Calls"))
