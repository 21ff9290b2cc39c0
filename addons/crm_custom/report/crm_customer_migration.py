from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_scorecard import CLASSES, LIFECYCLES

NONE = ("none", "Not a customer yet")
PERIOD = ("migration_from", "migration_to")


class CrmCustomerMigration(models.Model):
    """From which class and state to which each customer went between two dates; one row a customer.

    The dates (end of day) travel in the context keys `migration_from` and `migration_to`; default: a year back, and
    today. The state at a date is the newest `crm.customer.change` up to it.
    """

    _name = "crm.customer.migration"
    _inherit = ["crm.fact"]
    _description = "Customer Migration between Two Dates"
    _auto = False
    _order = "partner_id, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    class_from = fields.Selection([*CLASSES, NONE], string="Class before", readonly=True, depends_context=PERIOD)
    class_to = fields.Selection([*CLASSES, NONE], string="Class after", readonly=True, depends_context=PERIOD)
    lifecycle_from = fields.Selection([*LIFECYCLES, NONE], string="State before", readonly=True, depends_context=PERIOD)
    lifecycle_to = fields.Selection([*LIFECYCLES, NONE], string="State after", readonly=True, depends_context=PERIOD)
    changes = fields.Integer(string="Changes between", readonly=True, depends_context=PERIOD)

    _depends = {
        "crm.customer.change": ["company_id", "date", "kind", "new_value", "partner_id"],
        "res.partner": ["user_id"],
    }

    @api.model
    def _period(self):
        """(first date, last date) of the context."""
        today = fields.Date.context_today(self)
        context = self.env.context
        last = fields.Date.to_date(context.get("migration_to")) or today
        return fields.Date.to_date(context.get("migration_from")) or last - relativedelta(years=1), last

    @property
    def _table_query(self):
        first, last = self._period()

        def newest(kind, day):
            return SQL(
                """COALESCE((ARRAY_AGG(change.new_value ORDER BY change.date DESC, change.id DESC)
                   FILTER (WHERE change.kind = %s AND change.date <= %s))[1], 'none')""",
                kind,
                day,
            )

        return SQL(
            """SELECT MIN(change.id) AS id, change.company_id, change.partner_id, partner.user_id AS partner_user_id,
                      %(class_from)s AS class_from, %(class_to)s AS class_to,
                      %(state_from)s AS lifecycle_from, %(state_to)s AS lifecycle_to,
                      COUNT(*) FILTER (WHERE change.date > %(first)s) AS changes
                 FROM crm_customer_change change
                 JOIN res_partner partner ON partner.id = change.partner_id
                WHERE change.date <= %(last)s
                GROUP BY change.company_id, change.partner_id, partner.user_id""",
            class_from=newest("class", first),
            class_to=newest("class", last),
            state_from=newest("lifecycle", first),
            state_to=newest("lifecycle", last),
            first=first,
            last=last,
        )

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
