from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_customer_research import QUADRANTS
from ..tools import attitude


class CrmResearchProfile(models.Model):
    """What customers say beside what they buy: newest research of each, with the sales of the newest scorecard.

    Much: sales of twelve months at or above the median of the customers asked, and above 0. Well: score from 60.
    """

    _name = "crm.research.profile"
    _inherit = ["crm.fact"]
    _description = "Survey Values and Sales"
    _auto = False
    _order = "revenue desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    date = fields.Date("Asked on", readonly=True)
    wallet_share = fields.Float("Wallet Share %", digits=(5, 1), readonly=True, aggregator="avg", help="-1: not asked.")
    repurchase = fields.Integer("Buys again", readonly=True, aggregator="avg", help="0 to 10. -1: not asked.")
    attitude = fields.Integer(readonly=True, aggregator="avg", help="0 to 10. -1: not asked.")
    score = fields.Float(digits=(5, 1), readonly=True, aggregator="avg", help="0 to 100.")
    revenue = fields.Monetary("Sales of 12 months", readonly=True)
    customer_class = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["customer_class"]._description_selection(self.env),
        string="Class",
        readonly=True,
    )
    rfm_group = fields.Selection(
        lambda self: self.env["crm.rfm.score"]._fields["rfm_group"]._description_selection(self.env),
        string="RFM",
        readonly=True,
    )
    quadrant = fields.Selection(QUADRANTS, string="Says and Buys", readonly=True)
    customers = fields.Integer(readonly=True)

    _depends = {
        "crm.customer.research": [
            "attitude",
            "company_id",
            "date",
            "partner_id",
            "repurchase",
            "score",
            "wallet_share",
        ],
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id", "revenue"],
        "crm.rfm.score": ["company_id", "partner_id", "rfm_group"],
        "res.partner": ["user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT asked.*, CASE WHEN revenue > 0 AND revenue >= middle.revenue_mid
                                    THEN CASE WHEN score >= %(high)s THEN 'keep' ELSE 'repair' END
                                    WHEN score >= %(high)s THEN 'grow' ELSE 'watch' END AS quadrant
                 FROM (%(asked)s) asked
                 JOIN (SELECT company_id, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY revenue) AS revenue_mid
                         FROM (%(asked)s) every GROUP BY company_id) middle ON middle.company_id = asked.company_id""",
            asked=self._asked(),
            high=attitude.HIGH,
        )

    def _asked(self) -> SQL:
        return SQL(
            """SELECT DISTINCT ON (research.company_id, research.partner_id) research.id, research.company_id,
                      company.currency_id, research.partner_id, partner.user_id AS partner_user_id, research.date,
                      research.wallet_share, research.repurchase, research.attitude, research.score,
                      COALESCE(card.revenue, 0) AS revenue, card.customer_class, rfm.rfm_group, 1 AS customers
                 FROM crm_customer_research research
                 JOIN res_company company ON company.id = research.company_id
                 JOIN res_partner partner ON partner.id = research.partner_id
                 LEFT JOIN crm_scorecard card ON card.partner_id = research.partner_id
                      AND card.company_id = research.company_id AND card.is_latest
                 LEFT JOIN crm_rfm_score rfm ON rfm.partner_id = research.partner_id
                      AND rfm.company_id = research.company_id
                ORDER BY research.company_id, research.partner_id, research.date DESC, research.id DESC"""
        )

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
