from odoo import fields, models
from odoo.tools import SQL

from ..tools.profit import LEVELS

SUMS = ("sales", "goods", *LEVELS, "cost_to_serve", "credit", "bad_debt", "overhead")


class CrmSegmentProfit(models.Model):
    """The three profit levels of the customers that are in a segment now, by month. A customer in two segments is in
    both: segments do not add up to the company. Figures: `crm.customer.profit`."""

    _name = "crm.segment.profit"
    _inherit = ["crm.fact"]
    _description = "Profit of a Segment"
    _auto = False
    _rec_name = "segment_id"
    _order = "date desc, id desc"

    segment_id = fields.Many2one("crm.segment", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Month", readonly=True)
    sales = fields.Monetary("Net Sales", readonly=True)
    goods = fields.Monetary("Cost of Goods", readonly=True)
    marginal = fields.Monetary("Marginal Profit", readonly=True)
    cost_to_serve = fields.Monetary(readonly=True)
    total = fields.Monetary("Total Profit", readonly=True)
    credit = fields.Monetary("Cost of Credit", readonly=True)
    bad_debt = fields.Monetary(readonly=True)
    overhead = fields.Monetary("Share of Overhead", readonly=True)
    net = fields.Monetary("Net Profit", readonly=True)

    _depends = {
        "crm.customer.profit": ["date", *SUMS],
        "crm.segment.member": ["company_id", "partner_id", "segment_id"],
    }

    @property
    def _table_query(self) -> SQL:
        Profit = self.env["crm.customer.profit"]
        return SQL(
            """
            SELECT member.id::bigint * 1024 + %(number)s AS id, member.segment_id, profit.partner_id,
                   profit.company_id, company.currency_id, profit.date, %(sums)s
              FROM (%(summed)s) profit
              JOIN res_company company ON company.id = profit.company_id
              JOIN crm_segment_member member
                ON member.partner_id = profit.partner_id AND member.company_id = profit.company_id
            """,
            number=Profit._month_number(SQL("profit.date")),
            sums=SQL(", ").join(SQL.identifier("profit", name) for name in SUMS),
            summed=Profit._summed(),
        )

    def action_open_entries(self):
        """The pieces of the customer's profit in the month."""
        self.ensure_one()
        return self.env["crm.profit.entry"]._month_action(self)
