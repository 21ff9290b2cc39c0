from odoo import api, models
from odoo.tools import SQL


class CrmMetric(models.Model):
    _inherit = "crm.metric"

    @api.model
    def _metric_open_tickets(self, company, start, stop):
        """Number of tickets open at the end of the period; 0 for a customer who bought or asked before.

        Open at `stop` = opened before it and not solved before it. A ticket that is open again now was open all the
        time since it was first opened, as far as this figure knows. Days are UTC days. Why SQL: one statement covers
        every customer.
        """
        return SQL(
            """SELECT known.partner_id, COUNT(ticket.id) AS value
                 FROM (SELECT commercial_partner_id AS partner_id
                         FROM crm_ticket
                        WHERE company_id = %(company)s AND date_open < %(stop)s
                        UNION
                       SELECT move.commercial_partner_id
                         FROM account_move move
                        WHERE %(sales)s) known
                 LEFT JOIN crm_ticket ticket
                   ON ticket.commercial_partner_id = known.partner_id
                  AND ticket.company_id = %(company)s
                  AND ticket.active
                  AND ticket.date_open < %(stop)s
                  AND (ticket.date_solved IS NULL OR ticket.date_solved >= %(stop)s)
                WHERE known.partner_id IS NOT NULL
                GROUP BY known.partner_id""",
            company=company.id,
            stop=stop,
            sales=self._sales_where(company, None, stop),
        )
