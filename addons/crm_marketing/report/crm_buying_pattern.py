from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import segments

PATTERNS = [
    ("frequent", "Frequent"),
    ("regular", "Regular"),
    ("seldom", "Seldom"),
    ("dormant", "Dormant"),
    ("few", "Few orders"),
    ("single", "One order"),
]


class CrmBuyingPattern(models.Model):
    """How customers buy: one row a company and customer with an order, with the pattern and what it is judged by.

    From the order rhythm (`crm.order.rhythm`: order days, usual gap in days) by the rule of tools/segments.py as of
    today; class, lifecycle and sales of twelve months from the newest scorecard. SQL, because it groups all
    customers by a figure of their orders.
    """

    _name = "crm.buying.pattern"
    _description = "Buying Pattern"
    _auto = False
    _rec_name = "partner_id"
    _order = "last_date DESC, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    pattern = fields.Selection(PATTERNS, readonly=True)
    orders = fields.Integer("Order Days", readonly=True, aggregator="avg")
    gap = fields.Float("Usual Gap", digits=(10, 1), readonly=True, aggregator="avg", help="Days between orders.")
    last_date = fields.Date("Last Order", readonly=True)
    next_date = fields.Date("Next Order Due", readonly=True)
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], "Class", readonly=True)
    lifecycle = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["lifecycle"]._description_selection(self.env), readonly=True
    )
    revenue = fields.Monetary("Annual Sales", readonly=True, help="Untaxed, twelve months, from the scorecard.")
    customers = fields.Integer(readonly=True, aggregator="sum")

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "crm.scorecard": ["customer_class", "is_latest", "lifecycle", "partner_id", "revenue"],
        "res.company": ["crm_rhythm_method"],
        "res.partner": ["commercial_partner_id", "crm_order_cycle", "user_id"],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT rhythm.id, rhythm.company_id, rhythm.partner_id, rhythm.user_id, rhythm.orders, rhythm.gap,
                      rhythm.last_date, rhythm.next_date, %(pattern)s AS pattern, 1 AS customers,
                      card.customer_class, card.lifecycle, COALESCE(card.revenue, 0) AS revenue
                 FROM (%(rhythm)s) rhythm
                 LEFT JOIN crm_scorecard card ON card.partner_id = rhythm.partner_id
                       AND card.company_id = rhythm.company_id AND card.is_latest""",
            pattern=self._pattern_case(fields.Date.context_today(self)),
            rhythm=self.env["crm.order.rhythm"]._table_query,
        )

    @api.model
    def _pattern_case(self, today):
        """tools/segments.py `pattern` in SQL, on the columns orders, gap and last_date."""
        return SQL(
            """CASE WHEN orders = 1 THEN 'single' WHEN orders < %(few)s OR COALESCE(gap, 0) = 0 THEN 'few'
                    WHEN %(today)s::date - last_date > %(stale)s * gap THEN 'dormant'
                    WHEN gap <= 31 THEN 'frequent' WHEN gap <= 90 THEN 'regular' ELSE 'seldom' END""",
            few=segments.MIN_ORDERS,
            today=today,
            stale=segments.STALE_GAPS,
        )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_make_segment(self):
        """A segment of the patterns of the selected rows: it follows the pattern from now on."""
        patterns = sorted(set(self.mapped("pattern")))
        if not patterns or len(self.company_id) != 1:
            raise UserError(self.env._("Select customers of one company first."))
        choices = self.env["crm.segment.choice"].search([("kind", "=", "pattern"), ("code", "in", patterns)])
        segment = self.env["crm.segment"].create(
            {
                "name": self.env._("Buying pattern: %(patterns)s", patterns=", ".join(choices.mapped("name"))),
                "company_id": self.company_id.id,
                "condition_ids": [fields.Command.create({"kind": "pattern", "choice_ids": choices.ids})],
            }
        )
        segment._refresh()
        return segment.get_formview_action()
