from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

CODES = {
    "revenue": 0, "discount": 1, "returned": 2, "goods": 3, "freight": 4, "service": 5, "contact": 6, "commission": 7,
    "campaign": 8, "expense": 9, "credit": 10, "credit_open": 11, "bad_debt": 12, "overhead": 13,
    "withheld": 14,
}  # fmt: skip
"""Low digit, base 16, of an entry's id; the id of its source is above it."""
CALCULATED = ("goods", "freight", "service", "contact", "commission", "credit", "credit_open", "overhead", "withheld")
ACCOUNTANTS = "account.group_account_readonly,account.group_account_invoice"
SALES = ("out_invoice", "out_refund", "out_receipt")


class CrmProfitQuery(models.AbstractModel):
    """What customers bring and cost, piece by piece, as SQL: one query a part, each with the same columns.

    Amounts in company currency, + adds to profit, - takes away. Posted: read from journal items, to the cent.
    Calculated: work at the rates of the settings, goods by the measure of the scorecard's margin
    (`crm.metric._margin_lines`), overdue money at the company's rate. Sales, goods and returns by invoice date, the
    rest by the day of the record, in the company's time zone.
    """

    _name = "crm.profit.query"
    _inherit = ["crm.insight.fact"]
    _description = "Profit of Customers, Query"

    @api.model
    def _profit_parts(self):
        """{part: query of (source_id, company_id, partner_id, date, amount, unknown, res_model, res_id)}."""
        return {
            "revenue": self._part_sold(SQL("sold.net - sold.discount"), SQL("NOT sold.refund")),
            "discount": SQL(
                "%s UNION ALL %s",
                self._part_sold(SQL("sold.discount"), SQL("NOT sold.refund AND sold.discount <> 0")),
                self._part_settled(SQL("account.id = company.account_journal_early_pay_discount_loss_account_id")),
            ),
            "returned": self._part_sold(SQL("sold.net"), SQL("sold.refund")),
            "goods": self._part_goods(),
            "freight": self._part_freight(),
            "service": self._part_service(),
            "contact": self._part_contact(),
            "commission": self._part_commission(),
            "campaign": self._part_campaign(),
            "expense": self._part_expense(SQL("entry.customer_id IS NOT NULL AND entry.campaign_id IS NULL")),
            "credit": self._part_credit(),
            "credit_open": self._part_credit_open(),
            "bad_debt": self._part_settled(
                SQL("account.id IS DISTINCT FROM company.account_journal_early_pay_discount_loss_account_id")
            ),
            "overhead": self._part_overhead(),
        }

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Customers that the domain asks for reach the shares of overhead, which are counted over all customers.

        The domain is worked out once: a field's own search may read all profits.
        """
        domain = Domain(domain).optimize_full(self)
        partners = self._asked_ids(domain, "partner_id")
        scoped = self.with_context(profit_partners=partners) if partners else self
        return super(CrmProfitQuery, scoped)._search(domain, *args, **kwargs)

    @api.model
    def _company_ids(self):
        return tuple(self._insight_companies().ids)

    @api.model
    def _day(self, column):
        """Day of a UTC time in the time zone of `company`, whose partner is `home`."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date", column)

    # === SALES AND GOODS === #

    @api.model
    def _part_sold(self, amount, where):
        """Product lines of posted customer documents; the discount of a line is what its percentage took off.

        A line below zero on an invoice that deducts no down payment is a discount as a whole. A line given away in
        full (100 %) counts its price as both: as if its price were without tax.
        """
        return SQL(
            """
            SELECT sold.id AS source_id, sold.company_id, sold.partner_id, sold.date, %(amount)s AS amount,
                   0::numeric AS unknown, 'account.move'::varchar AS res_model, sold.move_id AS res_id
              FROM (
                    SELECT line.id, line.company_id, move.commercial_partner_id AS partner_id, line.move_id,
                           move.invoice_date AS date, -line.balance AS net, move.move_type = 'out_refund' AS refund,
                           CASE WHEN line.balance > 0 AND NOT COALESCE(line.is_downpayment, FALSE) THEN -line.balance
                                WHEN line.discount >= 100
                                THEN -ROUND((line.price_unit * line.quantity
                                             / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1))::numeric,
                                            currency.decimal_places)
                                WHEN line.discount > 0
                                THEN ROUND(line.balance * (line.discount / (100 - line.discount))::numeric,
                                           currency.decimal_places)
                                ELSE 0 END AS discount
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN res_currency currency ON currency.id = line.company_currency_id
                     WHERE line.display_type = 'product' AND move.state = 'posted' AND move.move_type IN %(sales)s
                       AND move.commercial_partner_id IS NOT NULL AND move.company_id IN %(companies)s
                   ) sold
             WHERE %(where)s
            """,
            amount=amount,
            where=where,
            sales=SALES,
            companies=self._company_ids(),
        )

    @api.model
    def _part_goods(self):
        """Cost of the goods sold; sales whose cost is not known are `unknown` and count as no cost yet."""
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT line_id, %s::int, partner_id, day, COALESCE(-ROUND(cost::numeric, 2), 0),
                          CASE WHEN cost IS NULL THEN sales ELSE 0 END, 'account.move', move_id
                     FROM (%s) line WHERE cost IS NULL OR cost <> 0""",
                company.id,
                self.env["crm.metric"]._margin_lines(
                    company, None, "9999-01-01", self.env.context.get("profit_partners")
                ),
            )
            for company in self._insight_companies().sudo()
        )
