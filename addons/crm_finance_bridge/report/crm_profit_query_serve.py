from odoo import api, models
from odoo.tools import SQL


class CrmProfitQuery(models.AbstractModel):
    """What serving a customer costs: deliveries, service, contacts, commission, expenses, campaigns."""

    _inherit = "crm.profit.query"

    @api.model
    def _part_work(self, model, source_id, partner, date, cost, tables, where, res_id=None):
        """Pieces of work that cost something, for the commercial entity of `partner`."""
        return SQL(
            """
            SELECT %(source_id)s, company.id, partner.commercial_partner_id, %(day)s, -(%(cost)s)::numeric,
                   0::numeric, %(model)s, %(res_id)s
              FROM %(tables)s
              JOIN res_partner partner ON partner.id = %(partner)s
              JOIN res_partner home ON home.id = company.partner_id
             WHERE company.id IN %(companies)s AND %(where)s AND (%(cost)s) <> 0
            """,
            source_id=source_id,
            res_id=res_id or source_id,
            model=model,
            partner=partner,
            day=self._day(date),
            cost=cost,
            tables=tables,
            where=where,
            companies=self._company_ids(),
        )

    @api.model
    def _part_freight(self):
        """Deliveries that went out to customers, at the cost of a delivery; returns to vendors leave the same way."""
        return self._part_work(
            "stock.picking",
            SQL("picking.id"),
            SQL("picking.partner_id"),
            SQL("picking.date_done"),
            SQL("company.crm_cost_delivery"),
            SQL(
                """stock_picking picking JOIN res_company company ON company.id = picking.company_id
                   JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code = 'outgoing'"""
            ),
            SQL("picking.state = 'done' AND %s", self.env["crm.give.up"]._reached_customer()),
        )

    @api.model
    def _part_service(self):
        """Minutes of service at the rate of who did it; a ticket without minutes at the cost of a ticket."""
        return SQL(
            "%s UNION ALL %s",
            self._part_work(
                "crm.ticket.work",
                SQL("work.id"),
                SQL("work.commercial_partner_id"),
                SQL("work.date"),
                SQL("ROUND(work.cost::numeric, 2)"),
                SQL("crm_ticket_work work JOIN res_company company ON company.id = work.company_id"),
                SQL("work.cost > 0"),
            ),
            self._part_work(
                "crm.ticket",
                # Above the ids of work lines, so that both fit into one part.
                SQL("(ticket.id + 1000000000)"),
                SQL("ticket.commercial_partner_id"),
                SQL("ticket.date_open"),
                SQL("company.crm_cost_ticket"),
                SQL("crm_ticket ticket JOIN res_company company ON company.id = ticket.company_id"),
                SQL(
                    """ticket.active AND ticket.date_open IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM crm_ticket_work work WHERE work.ticket_id = ticket.id AND work.cost > 0)"""
                ),
                res_id=SQL("ticket.id"),
            ),
        )

    @api.model
    def _part_contact(self):
        return self._part_work(
            "crm.contact.log",
            SQL("log.id"),
            SQL("log.partner_id"),
            SQL("log.date"),
            SQL("CASE WHEN log.channel = 'visit' THEN company.crm_cost_visit ELSE company.crm_cost_contact END"),
            SQL("crm_contact_log log JOIN res_company company ON company.id = log.company_id"),
            SQL("TRUE"),
        )

    @api.model
    def _part_commission(self):
        return SQL(
            """
            SELECT line.id, line.company_id, line.partner_id, line.date, -line.amount, 0::numeric,
                   'crm.commission.line', line.id
              FROM crm_commission_line line
             WHERE line.company_id IN %s AND line.amount <> 0
            """,
            self._company_ids(),
        )

    @api.model
    def _part_withheld(self):
        """Commission for those who may not see it: one sum a customer and month, as the cost to serve has it."""
        return SQL(
            """
            SELECT (COALESCE(line.partner_id, 0)::bigint * 1024 + %(number)s) * %(factor)s + line.company_id,
                   line.company_id, line.partner_id, line.month, SUM(line.amount), 0::numeric,
                   'crm.customer.profit', NULL::int
              FROM (SELECT company_id, partner_id, DATE_TRUNC('month', date)::date AS month, amount
                      FROM (%(parts)s) part (source_id, company_id, partner_id, date, amount)) line
             GROUP BY line.company_id, line.partner_id, line.month
            HAVING SUM(line.amount) <> 0
            """,
            number=self._month_number(SQL("line.month")),
            factor=self._id_factor(),
            parts=self._part_commission(),
        )

    @api.model
    def _part_expense(self, where):
        """Posted expenses that were made for one customer."""
        return SQL(
            """
            SELECT entry.id, entry.company_id, entry.customer_id, entry.date, -entry.amount, 0::numeric,
                   'account.move', entry.move_id
              FROM (%s) entry WHERE entry.company_id IN %s AND %s
            """,
            self.env["crm.expense.entry"]._table_query,
            self._company_ids(),
            where,
        )

    @api.model
    def _part_campaign(self):
        """Posted cost of campaigns: of the customer it was spent on, else shared evenly by those it touched.

        The shares of an item are differences of rounded running totals: they add up to the item. What touched no
        customer belongs to none.
        """
        return SQL(
            """
            SELECT (cost.id::bigint << 24) + COALESCE(reached.partner_id, 0), cost.company_id, reached.partner_id,
                   cost.date,
                   -(ROUND(cost.amount * COALESCE(reached.place, 1) / COALESCE(reached.number, 1), 2)
                     - ROUND(cost.amount * COALESCE(reached.place - 1, 0) / COALESCE(reached.number, 1), 2)),
                   0::numeric, 'account.move', cost.move_id
              FROM (%(costs)s) cost
              LEFT JOIN hr_expense expense ON expense.id = cost.expense_id
              LEFT JOIN res_partner customer ON customer.id = expense.crm_customer_id
              LEFT JOIN LATERAL (
                    SELECT customer.commercial_partner_id AS partner_id, 1 AS place, 1 AS number
                     WHERE customer.id IS NOT NULL
                     UNION ALL
                    SELECT touched.partner_id, touched.place, touched.number
                      FROM (%(touched)s) touched
                     WHERE customer.id IS NULL AND touched.campaign_id = cost.campaign_id
                   ) reached ON TRUE
             WHERE cost.company_id IN %(companies)s
            """,
            costs=self.env["crm.campaign.cost"]._table_query,
            touched=self._touched(),
            companies=self._company_ids(),
        )

    @api.model
    def _touched(self):
        """(campaign_id, partner_id, place, number): customers a campaign touched, numbered."""
        return SQL(
            """
            SELECT campaign_id, partner_id, ROW_NUMBER() OVER (PARTITION BY campaign_id ORDER BY partner_id) AS place,
                   COUNT(*) OVER (PARTITION BY campaign_id) AS number
              FROM (SELECT DISTINCT touch.campaign_id, partner.commercial_partner_id AS partner_id
                      FROM crm_touch touch JOIN res_partner partner ON partner.id = touch.partner_id
                     WHERE touch.valid AND touch.campaign_id IS NOT NULL
                       AND partner.commercial_partner_id IS NOT NULL) pair
            """
        )
