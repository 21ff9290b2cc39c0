from odoo import api, fields, models

from ..tools import attitude

QUADRANTS = [
    ("keep", "Buys much, thinks well"),
    ("repair", "Buys much, thinks badly"),
    ("grow", "Buys little, thinks well"),
    ("watch", "Buys little, thinks badly"),
]


class CrmCustomerResearch(models.Model):
    """What a survey found out about a customer at a date: wallet share, intention to buy again, attitude.

    Score 0 to 100: mean of what was asked, weighted as in `tools/attitude.py`; a value that was not asked for (-1) does
    not count. The newest row of a customer is the present one.
    """

    _name = "crm.customer.research"
    _description = "Research on a Customer"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", "Entered by", default=lambda self: self.env.user, readonly=True)
    source = fields.Char(help="e.g. the institute and its study")
    wallet_share = fields.Float(
        "Wallet Share %",
        digits=(5, 1),
        default=-1,
        aggregator="avg",
        help="Of all they spend. -1: not asked.",
    )
    repurchase = fields.Integer(
        "Buys again", default=-1, aggregator="avg", help="0 (surely not) to 10 (surely). -1: not asked."
    )
    attitude = fields.Integer(default=-1, aggregator="avg", help="0 (against us) to 10 (recommends us). -1: not asked.")
    score = fields.Float(digits=(5, 1), compute="_compute_score", store=True, aggregator="avg")
    reason = fields.Char("Why", compute="_compute_reason")

    _check_values = models.Constraint(
        "CHECK ((wallet_share = -1 OR wallet_share BETWEEN 0 AND 100) AND repurchase BETWEEN -1 AND 10 "
        "AND attitude BETWEEN -1 AND 10)",
        "The wallet share lies between 0 and 100 %, intention and attitude between 0 and 10; -1: not asked.",
    )
    _newest_idx = models.Index("(company_id, partner_id, date DESC, id DESC)")

    @api.depends("wallet_share", "repurchase", "attitude")
    def _compute_score(self):
        for row in self:
            row.score = attitude.score(row.wallet_share, row.repurchase, row.attitude) or 0.0

    @api.depends("wallet_share", "repurchase", "attitude")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            parts = [
                text
                for value, text in (
                    (row.wallet_share, self.env._("wallet share %(value).0f %%", value=row.wallet_share)),
                    (row.repurchase, self.env._("buys again %(value)s of 10", value=row.repurchase)),
                    (row.attitude, self.env._("attitude %(value)s of 10", value=row.attitude)),
                )
                if value >= 0
            ]
            row.reason = ", ".join(parts) or self.env._("Nothing asked")
