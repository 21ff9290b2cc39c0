from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEEP_RATES_MINUTES = 60


class CrmCallRate(models.Model):
    """How often an address or a key has called the telephone endpoint within a minute; shared by all workers."""

    _name = "crm.call.rate"
    _description = "Rate of Telephone Events"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    minute = fields.Datetime(required=True, readonly=True, index=True)
    hits = fields.Integer(readonly=True)

    _key_minute_uniq = models.UniqueIndex("(key, minute)", "One row a key and minute.")

    @api.model
    def _hit(self, key, now, cost=1):
        """Count one call of `key` in the minute of `now` and return the count; one statement, safe among workers."""
        return self.env.execute_query(
            SQL(
                """INSERT INTO crm_call_rate AS rate (key, minute, hits) VALUES (%s, %s, %s)
                   ON CONFLICT (key, minute) DO UPDATE SET hits = rate.hits + EXCLUDED.hits RETURNING hits""",
                key[:120],
                now.replace(second=0, microsecond=0),
                cost,
            )
        )[0][0]

    @api.autovacuum
    def _gc_rates(self):
        limit = fields.Datetime.now() - timedelta(minutes=KEEP_RATES_MINUTES)
        self.env.cr.execute(SQL("DELETE FROM crm_call_rate WHERE minute < %s", limit))
