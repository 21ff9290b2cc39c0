from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    """Service measures of the company, by month of the solution."""

    _inherit = "crm.metric"

    @api.model
    def _service_average(self, company, start, stop, column):
        """Average of a measure over the tickets solved in the period; no row without one: not enough data."""
        return SQL(
            """SELECT NULL::int AS partner_id, AVG(%(column)s)::float AS value FROM %(fact)s fact
                WHERE company_id = %(company)s AND is_done AND date_solved >= %(start)s AND date_solved < %(stop)s
               HAVING COUNT(%(column)s) > 0""",
            column=SQL.identifier(column),
            fact=self.env["crm.ticket.fact"].sudo()._table_sql,
            company=company.id,
            start=start,
            stop=stop,
        )

    @api.model
    def _metric_service_online_share(self, company, start, stop):
        """Requests solved over an online channel or automatically, in percent of those solved."""
        return self._service_average(company, start, stop, "online")

    @api.model
    def _metric_service_first_contact(self, company, start, stop):
        """Requests solved with one answer and not reopened within a week, in percent of those solved."""
        return self._service_average(company, start, stop, "first_contact")

    @api.model
    def _metric_service_unit_cost(self, company, start, stop):
        """Cost of the recorded time per solved ticket, over those with time recorded or solved without an agent."""
        return self._service_average(company, start, stop, "unit_cost")
