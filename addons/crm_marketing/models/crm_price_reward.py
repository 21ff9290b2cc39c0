from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..tools import rewards


class CrmPriceReward(models.Model):
    """A discount for customers who buy much or have bought for long; taken off after the price list.

    Volume: untaxed invoiced amount less credit notes of the last `months` before the order, in company currency.
    Tenure: full years from the first invoice to the order. The largest reward met counts; they do not add up.
    """

    _name = "crm.price.reward"
    _description = "Price Reward"
    _order = "company_id, basis, threshold, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    basis = fields.Selection(
        [("volume", "Volume (invoiced)"), ("tenure", "Long co-operation (years)")], required=True, default="volume"
    )
    threshold = fields.Float("From", required=True, help="Money in company currency, or full years.")
    months = fields.Integer(default=12, help="Of volume: invoices of so many months before the order count.")
    discount = fields.Float("Reward (%)", required=True, digits=(5, 2))
    categ_id = fields.Many2one("product.category", "Only Products of", help="With the categories beneath it.")
    date_start = fields.Date("Valid from")
    date_end = fields.Date("Valid to")
    given_cost = fields.Monetary("Given in 12 Months", compute="_compute_given_cost")

    _check_numbers = models.Constraint(
        "CHECK (discount > 0 AND discount < 100 AND threshold > 0 AND months > 0)",
        "A reward lies between 0 and 100 %; threshold and months are above 0.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A reward cannot end before it starts.",
    )

    def _compute_given_cost(self):
        """Cost on confirmed orders of the last twelve months, in company currency."""
        costs = {}
        if self.ids:
            self.env.flush_all()
            costs = dict(
                self.env.execute_query(
                    SQL(
                        """SELECT line.crm_reward_id, SUM(line.crm_reward_cost / COALESCE(so.currency_rate, 1))
                             FROM sale_order_line line JOIN sale_order so ON so.id = line.order_id
                            WHERE line.crm_reward_id IN %s AND so.state = 'sale' AND so.date_order >= %s GROUP BY 1""",
                        tuple(self.ids),
                        fields.Datetime.now() - relativedelta(years=1),
                    )
                )
            )
        for rule in self:
            rule.given_cost = costs.get(rule.id, 0.0)

    @api.model
    def _rules(self, company, day):
        """Rules of a company in force on a day; in sudo, because they also steer what a portal user orders."""
        rules = self.sudo().search([("company_id", "=", company.id)])
        return rules.filtered(
            lambda rule: (not rule.date_start or rule.date_start <= day) and (not rule.date_end or day <= rule.date_end)
        )

    def _facts(self, partners, company, day):
        """{(partner id, months): (volume, years)} of commercial partners, one query a length of period."""
        self.env["account.move"].flush_model()
        facts = {}
        for months in set(self.mapped("months")):
            query = SQL(
                """SELECT move.commercial_partner_id,
                          COALESCE(SUM(move.amount_untaxed_signed) FILTER (WHERE move.invoice_date > %(first)s), 0),
                          MIN(move.invoice_date) FILTER (WHERE move.move_type = 'out_invoice')
                     FROM account_move move
                    WHERE move.commercial_partner_id IN %(partners)s AND %(sales)s
                    GROUP BY 1""",
                first=day - relativedelta(months=months),
                partners=tuple(partners.ids) or (0,),
                sales=self.env["crm.metric"]._sales_where(company, None, day + relativedelta(days=1)),
            )
            for partner, volume, first in self.env.execute_query(query):
                facts[partner, months] = float(volume), rewards.full_years(first, day)
        return facts

    def _best(self, partner, categ, facts):
        """The rule that gives this customer most on this category, with what was measured; or nothing."""
        met = []
        for rule in self:
            if rule.categ_id and not (categ.parent_path or "").startswith(rule.categ_id.parent_path or "-"):
                continue
            volume, years = facts.get((partner.id, rule.months), (0.0, 0))
            plain = rewards.Rule(rule.id, rule.basis, rule.threshold, rule.discount)
            if rewards.best([plain], volume, years):
                met.append(plain)
        found = rewards.best(met, float("inf"), float("inf"))
        return self.browse(found.key) if found else self.browse()

    def _sentence(self, partner, facts):
        """'Gold: 3 %, because 120,000.00 were invoiced in 12 months (from 100,000.00).'"""
        self.ensure_one()
        volume, years = facts.get((partner.id, self.months), (0.0, 0))
        if self.basis == "volume":
            money = [formatLang(self.env, value, currency_obj=self.currency_id) for value in (volume, self.threshold)]
            return self.env._(
                "%(name)s: %(percent)s %%, because %(volume)s were invoiced in %(months)s months (from %(limit)s)",
                name=self.name, percent=f"{self.discount:g}", volume=money[0], months=self.months, limit=money[1],
            )  # fmt: skip
        return self.env._(
            "%(name)s: %(percent)s %%, because the customer has bought for %(years)s years (from %(limit)s)",
            name=self.name, percent=f"{self.discount:g}", years=years, limit=f"{self.threshold:g}",
        )  # fmt: skip
