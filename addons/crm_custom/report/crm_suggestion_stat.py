from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_order_channel import CHANNELS, SOURCES


class CrmSuggestionStat(models.Model):
    """Suggestions shown, accepted and declined, and what the accepted ones sold.

    One row a suggestion (id = crm.suggestion.log). `amount` is the accepted line's untaxed subtotal at the order's
    rate, `amount_sold` the same once the order is confirmed, `uplift` what a higher tier costs more times the
    quantity; all in company currency, zero after the line was removed again.
    """

    _name = "crm.suggestion.stat"
    _inherit = ["crm.fact"]
    _description = "Suggestions"
    _auto = False
    _rec_name = "product_id"
    _order = "date DESC, id DESC"

    date = fields.Datetime("Shown on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
    order_id = fields.Many2one("sale.order", "Quotation", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    replaces_id = fields.Many2one("product.product", "Instead of", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    state = fields.Selection(
        [("shown", "Shown"), ("accepted", "Accepted"), ("declined", "Declined")], "Answer", readonly=True
    )
    reason = fields.Char("Why", readonly=True)
    shown = fields.Integer(readonly=True)
    accepted = fields.Integer(readonly=True)
    declined = fields.Integer(readonly=True)
    accept_rate = fields.Float("Accepted (%)", digits=(5, 1), readonly=True, aggregator="avg")
    amount = fields.Monetary("Quoted", readonly=True)
    amount_sold = fields.Monetary("Sold", readonly=True)
    uplift = fields.Monetary(readonly=True, help="Of higher tiers: what they cost more.")

    _depends = {
        "crm.suggestion.log": [
            "company_id", "order_id", "order_line_id", "product_id", "reason", "replaces_id", "source", "state",
            "uplift",
        ],
        "sale.order": ["crm_channel", "currency_rate", "partner_id", "state", "team_id", "user_id"],
        "sale.order.line": ["price_subtotal", "product_uom_qty"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self) -> SQL:
        rate = SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric")
        kept = SQL("ROUND(line.price_subtotal / %s, currency.decimal_places)", rate)
        return SQL(
            """
            SELECT log.id, log.create_date AS date, log.company_id, company.currency_id, log.order_id,
                   partner.commercial_partner_id AS partner_id, sale.user_id, sale.team_id, sale.crm_channel AS channel,
                   log.product_id, template.categ_id, log.replaces_id, log.source, log.state, log.reason, 1 AS shown,
                   (log.state = 'accepted')::int AS accepted, (log.state = 'declined')::int AS declined,
                   100.0 * (log.state = 'accepted')::int AS accept_rate,
                   COALESCE(%(kept)s, 0) AS amount,
                   CASE WHEN sale.state = 'sale' THEN COALESCE(%(kept)s, 0) ELSE 0 END AS amount_sold,
                   CASE WHEN sale.state <> 'cancel'
                        THEN COALESCE(ROUND(log.uplift * line.product_uom_qty, currency.decimal_places), 0)
                        ELSE 0 END AS uplift
            """,
            kept=kept,
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
            FROM crm_suggestion_log log
            JOIN sale_order sale ON sale.id = log.order_id
            JOIN res_company company ON company.id = log.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            LEFT JOIN res_partner partner ON partner.id = sale.partner_id
            LEFT JOIN sale_order_line line ON line.id = log.order_line_id AND log.state = 'accepted'
            LEFT JOIN product_product product ON product.id = log.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """
        )

    def action_open_document(self):
        """Open the quotation."""
        self.ensure_one()
        return self._open_form(self.order_id)
