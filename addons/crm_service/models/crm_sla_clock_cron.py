from datetime import timedelta

from odoo import api, fields, models

from ..tools import sla

# The job runs each minute; what falls due within this time wakes it by itself.
AHEAD = timedelta(minutes=2)


class CrmSlaClock(models.Model):
    """The job that writes down broken promises and warns before they break."""

    _inherit = "crm.sla.clock"

    @api.model
    def _due_domain(self, now):
        return [("date_stop", "=", False), ("breach_date", "=", False), ("deadline", "<", now)]

    @api.model
    def _process_breaches(self, now=None, limit=500):
        """Write down the breaches whose deadline has passed. Returns how many clocks were looked at."""
        now = now or fields.Datetime.now()
        clocks = self.sudo().search(self._due_domain(now), limit=limit, order="deadline, id")
        clocks.ticket_id._sla_refresh(now)
        return len(clocks)

    @api.model
    def _process_warnings(self, now=None, limit=500):
        """Note on the running clocks which share of their time is used, and tell the tickets. Returns their number.

        A clock that passed several shares since the last run warns once, with the highest.
        """
        now = now or fields.Datetime.now()
        clocks = self.sudo().search([("warn_date", "<=", now)], limit=limit, order="warn_date, id")
        readings = clocks._readings(now)
        warned = []
        for clock in clocks:
            reading = readings.get(clock)
            passed = [
                share
                for share, at in zip(sla.WARNINGS, reading.warnings if reading else (), strict=False)
                if at and at <= now and share > clock.warned_share
            ]
            share = max(passed, default=clock.warned_share)
            clock.write(
                {"warned_share": share, "warn_date": (reading.next_warning(share) or False) if reading else False}
            )
            if passed:
                warned.append((clock, share))
        clocks.ticket_id._sla_warn(warned)
        return len(clocks)

    @api.model
    def _cron_breaches(self, batch=200):
        """Breaches first, then warnings; wake up by itself for what falls due before the next minute's run."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        waiting = self.sudo().search_count(self._due_domain(now)) + self.sudo().search_count([("warn_date", "<=", now)])
        cron._commit_progress(remaining=waiting)
        for process in (self._process_breaches, self._process_warnings):
            while True:
                done = process(limit=batch)
                if not cron._commit_progress(processed=done):
                    return
                if done < batch:
                    break
        self._wake_for_next(fields.Datetime.now())

    @api.model
    def _wake_for_next(self, now):
        """Trigger the job for the moment at which the next clock falls due, where that is near."""
        job = self.env.ref("crm_service.ir_cron_sla_breaches", raise_if_not_found=False)
        running = [("date_stop", "=", False), ("breach_date", "=", False), ("deadline", ">=", now)]
        due = self.sudo().search(running, order="deadline, id", limit=1).deadline
        warning = self.sudo().search([("warn_date", ">", now)], order="warn_date, id", limit=1).warn_date
        moments = [moment for moment in (due and due + timedelta(seconds=1), warning) if moment]
        if job and moments and min(moments) <= now + AHEAD:
            job.sudo()._trigger(at=min(moments))
