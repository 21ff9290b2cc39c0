from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import outcomes


class CrmSolutionUse(models.Model):
    """A solution given on a ticket, and whether it helped: by vote, else by what became of the ticket."""

    _name = "crm.solution.use"
    _description = "Use of a Solution"
    _order = "date desc, id desc"
    _rec_name = "solution_id"

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    solution_id = fields.Many2one("crm.solution", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="ticket_id.commercial_partner_id", string="Customer")
    date = fields.Datetime("Applied", required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one("res.users", "Applied By", default=lambda self: self.env.user, readonly=True)
    reopen_count = fields.Integer("Reopened Before", readonly=True, help="How often the ticket was reopened before.")
    vote = fields.Selection(
        [("yes", "Helped"), ("no", "Did Not Help")], help="What the customer or the agent said; it stands above all."
    )
    outcome = fields.Selection(
        [("open", "Not Known Yet"), ("helped", "Helped"), ("not_helped", "Did Not Help")],
        required=True,
        default="open",
        readonly=True,
        index=True,
        help="Helped: voted so, or the ticket was solved and not opened again within the days set. Did not help: "
        "voted so, or the ticket was opened again afterwards.",
    )

    _ticket_solution_uniq = models.UniqueIndex("(ticket_id, solution_id)", "This solution was applied here already.")

    @api.model_create_multi
    def create(self, vals_list):
        uses = super().create([{**vals, "outcome": outcomes.OPEN} for vals in vals_list])
        uses.filtered("vote")._judge(fields.Datetime.now())
        return uses

    def write(self, vals):
        if not self.env.su and vals.keys() - {"vote"}:
            raise AccessError(self.env._("Only the vote on a solution is changed by hand."))
        result = super().write(vals)
        if "vote" in vals:
            self._judge(fields.Datetime.now())
        return result

    def _judge(self, now):
        """Write the outcome at `now` (UTC); only what changed. Returns the changed."""
        changed = self.browse()
        for use in self.sudo():
            ticket = use.ticket_id
            outcome = outcomes.outcome(
                vote=use.vote,
                solved=ticket.date_solved or None,
                reopened=ticket.reopen_count > use.reopen_count,
                now=now,
                wait=timedelta(days=use.company_id.crm_solution_days),
            )
            if outcome != use.outcome:
                use.outcome = outcome
                changed |= use
        return changed

    def action_helped(self):
        self.vote = "yes"

    def action_not_helped(self):
        self.vote = "no"

    @api.model
    def _cron_outcomes(self):
        self._process_outcomes(fields.Datetime.now())

    @api.model
    def _process_outcomes(self, now, limit=1000):
        """Judge uses without a vote whose ticket was solved or opened again; returns the changed ones.

        Also those judged before: a ticket opened again later takes the praise back. One half year is looked at.
        """
        uses = self.search(
            [
                ("vote", "=", False),
                ("date", ">", now - timedelta(days=183)),
                "|",
                ("outcome", "=", "open"),
                ("ticket_id.reopen_count", ">", 0),
            ],
            order="id",
        )
        progress = self.env["ir.cron"]
        changed = self.browse()
        for start in range(0, len(uses), limit):
            changed |= uses[start : start + limit]._judge(now)
            if self.env.context.get("cron_id") and not progress._commit_progress(len(uses[start : start + limit])):
                break
        return changed
