from odoo import api, models
from odoo.tools import SQL


class CrmGiveUp(models.Model):
    _inherit = "crm.give.up"

    @api.model
    def _served(self, company, start, stop):
        """Adds the posted expenses that were made for the customer to the cost to serve him."""
        return SQL(
            """
            SELECT served.partner_id, served.margin, served.cost + COALESCE(spent.amount, 0) AS cost,
                   served.contact, served.visit, served.delivery, served.ticket
              FROM (%(served)s) served
              LEFT JOIN (
                    SELECT customer_id, SUM(amount) AS amount FROM (%(entries)s) entry
                     WHERE company_id = %(company)s AND date >= %(start)s AND date < %(stop)s
                       AND customer_id IS NOT NULL
                     GROUP BY customer_id
              ) spent ON spent.customer_id = served.partner_id
            """,
            served=super()._served(company, start, stop),
            entries=self.env["crm.expense.entry"]._table_query,
            company=company.id,
            start=start,
            stop=stop,
        )
