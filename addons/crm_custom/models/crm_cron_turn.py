from datetime import timedelta

from odoo import api, fields, models

ROUND_HOURS = 5
"""So long a round that was left unfinished is gone on with; after that a run is a new one."""


class CrmCronTurn(models.Model):
    """Whose turn it is in a job that works through companies (or other records) one by one.

    A run out of time leaves the rest to the next, which does first who waited longest: nobody is done twice before
    everybody is done once. A turn is written down before it begins: what kills the job, or fails, comes last next
    time and does not bar the way. What is done is committed record by record. Times in UTC.
    """

    _name = "crm.cron.turn"
    _description = "Turn in a Scheduled Job"
    _rec_name = "job"
    _order = "job, turn"

    job = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True, aggregator=None)
    turn = fields.Integer(readonly=True, aggregator=None, help="Counts the turns of the job: the least is oldest.")
    date = fields.Datetime("Begun", readonly=True)
    round = fields.Integer("Done in Round", readonly=True, aggregator=None)

    _once = models.UniqueIndex("(job, res_id)")

    @api.model
    def _each(self, job, records):
        """Yield the records of the scheduled job one by one, as long as it has time; what was done is committed.

        To be called in the job alone. The caller's work on a record ends where it asks for the next.
        """
        cron, turns = self.env["ir.cron"], self.sudo()
        now = fields.Datetime.now()
        queue, number = turns._queue(job, records.ids, now)
        cron._commit_progress(remaining=len(queue))
        for record_id in queue:
            turn = turns._begin(job, record_id)
            cron._commit_progress()
            yield records.browse(record_id)
            turn.round = number
            if not cron._commit_progress(processed=1):
                return

    @api.model
    def _queue(self, job, ids, now):
        """(ids to be done, who waited longest first; number of the round)."""
        turns = self.search([("job", "=", job)])
        known = {turn.res_id: turn for turn in turns}
        number = max(turns.mapped("round"), default=0)
        first = turns.filtered(lambda turn: turn.round == number)[:1]
        left = [record_id for record_id in ids if record_id not in known or known[record_id].round < number]
        # Of those left, some were not even begun in this round: it goes on. Else what is left had its turn.
        waiting = [record_id for record_id in left if record_id not in known or known[record_id].turn < first.turn]
        if not number or not waiting or first.date < now - timedelta(hours=ROUND_HOURS):
            left, number = ids, number + 1
        return sorted(left, key=lambda record_id: known[record_id].turn if record_id in known else 0), number

    @api.model
    def _begin(self, job, record_id):
        newest = self.search([("job", "=", job)], order="turn DESC", limit=1)
        turn = self.search([("job", "=", job), ("res_id", "=", record_id)])
        turn = turn or self.create({"job": job, "res_id": record_id})
        turn.write({"turn": newest.turn + 1, "date": fields.Datetime.now()})
        return turn
