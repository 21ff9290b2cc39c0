from odoo import api, fields, models

from .crm_scorecard import CLASSES

GROUPS = [
    ("all", "All customers"),
    ("class", "Customer class"),
    ("industry", "Industry"),
    ("country", "Country"),
]


class CrmProductAffinity(models.Model):
    """Two products that customers of a group buy together, with how sure that is.

    One row a pair (product_id < product2_id), company and customer group; written by the nightly run in SQL
    (crm_product_affinity_run.py) from posted invoices or confirmed orders, read only for users. Shares are 0 to 1
    in the table and shown as percentages; the formulas are those of tools/affinity.py.
    """

    _name = "crm.product.affinity"
    _description = "Products Bought Together"
    _order = "lift_low desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    group_kind = fields.Selection(GROUPS, string="Customer Group", required=True, readonly=True)
    group_key = fields.Integer(required=True, readonly=True)
    customer_class = fields.Selection(CLASSES, string="Class", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True, ondelete="cascade")
    country_id = fields.Many2one("res.country", readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    product2_id = fields.Many2one(
        "product.product", string="Bought with", required=True, readonly=True, index=True, ondelete="cascade"
    )
    same_categ = fields.Boolean(string="Same Category", readonly=True)
    same_template = fields.Boolean(string="Variants of One Product", readonly=True)
    baskets = fields.Integer(readonly=True, aggregator=None, help="Invoices or orders of the group.")
    count_left = fields.Integer(string="With the Product", readonly=True, aggregator=None)
    count_right = fields.Integer(string="With the Other", readonly=True, aggregator=None)
    count_both = fields.Integer(string="With Both", readonly=True, aggregator=None)
    support = fields.Float(digits=(8, 6), readonly=True, aggregator=None, help="Share of the baskets with both.")
    confidence = fields.Float(
        digits=(8, 6), readonly=True, aggregator=None, help="Who buys the product: the share that buys the other too."
    )
    confidence_back = fields.Float(
        digits=(8, 6),
        readonly=True,
        aggregator=None,
        help="Who buys the other: the share that buys the product too.",
    )
    lift = fields.Float(
        digits=(16, 4), readonly=True, aggregator="max", help="Times more often together than by chance."
    )
    lift_low = fields.Float(
        string="Lift at Least", digits=(16, 4), readonly=True, aggregator="max", help="Lower bound of the lift at 99 %."
    )
    leverage = fields.Float(
        digits=(10, 6), readonly=True, aggregator=None, help="Share of the baskets above what chance would give."
    )
    chi2 = fields.Float(string="Chi-square", digits=(16, 2), readonly=True, aggregator=None)
    significant = fields.Boolean(readonly=True, help="Lift certainly above 1 (99 %), in enough baskets.")
    rank = fields.Integer(string="Place in Group", readonly=True, aggregator="min", help="1 = strongest pair.")
    basis = fields.Selection(
        [("invoice", "Posted invoices"), ("order", "Confirmed orders")], string="From", readonly=True
    )
    date = fields.Date(string="As of", readonly=True)
    sentence = fields.Char(string="In Words", compute="_compute_sentence")

    _pair_unique = models.UniqueIndex("(company_id, group_kind, group_key, product_id, product2_id)")

    @api.depends("product_id", "product2_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f"{pair.product_id.display_name} + {pair.product2_id.display_name}"

    @api.depends("count_both", "confidence", "lift")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for pair in self:
            pair.sentence = self.env._(
                "%(share)s %% of the buyers of %(left)s also bought %(right)s, %(lift)s times more than by chance.",
                share=round(100 * pair.confidence),
                left=pair.product_id.name,
                right=pair.product2_id.name,
                lift=round(pair.lift, 1),
            )

    def action_open_baskets(self):
        """Open the posted invoices that hold both products."""
        self.ensure_one()
        both = [
            ("state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("company_id", "=", self.company_id.id),
            ("invoice_line_ids.product_id", "=", self.product_id.id),
            ("invoice_line_ids.product_id", "=", self.product2_id.id),
        ]
        if self.basis == "order":
            both = [
                ("state", "=", "sale"),
                ("company_id", "=", self.company_id.id),
                ("order_line.product_id", "=", self.product_id.id),
                ("order_line.product_id", "=", self.product2_id.id),
            ]
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "sale.order" if self.basis == "order" else "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": both,
        }
