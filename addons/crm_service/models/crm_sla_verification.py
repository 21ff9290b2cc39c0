from datetime import timedelta

from odoo import api, fields, models

# Clocks recomputed between two commits of the nightly job.
BATCH = 500
KEEP_DAYS = 90
# A screen does not wait for more tickets than this.
AT_ONCE = 5000


class CrmSlaVerification(models.Model):
    """One recomputation of the stored clocks from the events of their tickets, and what it found to differ."""

    _name = "crm.sla.verification"
    _description = "Verification of the Service Clocks"
    _order = "id desc"
    _rec_name = "date"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], default="running", required=True, readonly=True
    )
    user_id = fields.Many2one("res.users", "Started By", readonly=True, default=lambda self: self.env.user)
    last_ticket_id = fields.Integer(readonly=True, help="Where the next batch goes on.")
    ticket_count = fields.Integer("Tickets", readonly=True)
    clock_count = fields.Integer("Clocks", readonly=True)
    difference_count = fields.Integer("Differences", readonly=True)
    difference_ids = fields.One2many("crm.sla.difference", "verification_id", readonly=True)

    def _process(self, limit=BATCH, now=None):
        """Recompute the clocks of the next `limit` tickets. Returns how many tickets that were."""
        self.ensure_one()
        now = now or fields.Datetime.now()
        tickets = (
            self.env["crm.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search([("id", ">", self.last_ticket_id), ("event_ids", "!=", False)], order="id", limit=limit)
        )
        found = tickets._sla_differences(now)
        self.env["crm.sla.difference"].create([{"verification_id": self.id, **item} for item in found])
        self.write(
            {
                "last_ticket_id": tickets[-1:].id or self.last_ticket_id,
                "ticket_count": self.ticket_count + len(tickets),
                "clock_count": self.clock_count + len(tickets.clock_ids),
                "difference_count": self.difference_count + len(found),
                "state": "done" if len(tickets) < limit else "running",
            }
        )
        return len(tickets)

    @api.model
    def _cron_verify(self):
        """Each night: breaches that fell due first, then every ticket, in batches that survive a kill."""
        cron = self.env["ir.cron"]
        self.env["crm.sla.clock"]._process_breaches(limit=None)
        verification = self.sudo().search([("state", "=", "running")], limit=1) or self.sudo().create({})
        left = [("id", ">", verification.last_ticket_id), ("event_ids", "!=", False)]
        cron._commit_progress(remaining=self.env["crm.ticket"].sudo().search_count(left))
        while verification.state == "running":
            if not cron._commit_progress(processed=verification._process()):
                return

    def action_verify(self):
        """Recompute every clock now and show what differs; where there are many, let the nightly job do it now."""
        self.check_access("create")
        if self.env["crm.ticket"].sudo().search_count([], limit=AT_ONCE + 1) > AT_ONCE:
            self.env.ref("crm_service.ir_cron_sla_verify").sudo()._trigger()
            return self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_sla_verification_action")
        self.env["crm.sla.clock"].sudo()._process_breaches(limit=None)
        verification = self.sudo().create({"user_id": self.env.uid})
        while verification.state == "running":
            verification._process()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification"),
            "res_model": self._name,
            "res_id": verification.id,
            "view_mode": "form",
        }

    @api.autovacuum
    def _gc_verifications(self):
        self.search([("date", "<", fields.Datetime.now() - timedelta(days=KEEP_DAYS))], limit=1000).unlink()
