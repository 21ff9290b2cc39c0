from odoo import api, fields, models
from odoo.tools import SQL


class CrmQuotationHistory(models.Model):
    """Every price ever quoted: one row per line of a quotation or order (id = the line's), with what became of it.

    Prices net of discount, untaxed as the line's tax basis is, in the document's currency and unit; `amount` untaxed
    in the company's currency at the order's rate. Result: won (confirmed), lost (cancelled, or its opportunity
    lost), expired (validity passed), open.
    """

    _name = "crm.quotation.history"
    _inherit = ["crm.fact"]
    _description = "Quotation History"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"

    date = fields.Datetime(readonly=True)
    order_id = fields.Many2one("sale.order", "Quotation", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", "Product Template", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    price_unit = fields.Float("List Price", readonly=True, aggregator="avg", min_display_digits="Product Price")
    discount = fields.Float("Discount %", readonly=True, aggregator="avg", digits="Discount")
    price_net = fields.Float("Net Price", readonly=True, aggregator="avg", min_display_digits="Product Price")
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    result = fields.Selection(
        [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("expired", "Expired")], readonly=True
    )
    won_rate = fields.Float(
        "Won %", readonly=True, aggregator="avg", help="Lines won of those decided; open ones do not count."
    )

    _depends = {
        "crm.lead": ["active", "won_status"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "sale.order": [
            "currency_id", "currency_rate", "date_order", "opportunity_id", "partner_id", "state", "team_id", "user_id",
            "validity_date",
        ],
        "sale.order.line": [
            "company_id", "discount", "display_type", "is_downpayment", "order_id", "price_subtotal", "price_unit",
            "product_id", "product_uom_id", "product_uom_qty",
        ],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT quoted.*, CASE quoted.result WHEN 'won' THEN 100.0 WHEN 'open' THEN NULL ELSE 0.0 END AS won_rate
              FROM (
                SELECT line.id, sale.date_order AS date, line.order_id, partner.commercial_partner_id AS partner_id,
                       line.product_id, product.product_tmpl_id, template.categ_id AS product_categ_id, line.company_id,
                       sale.user_id, customer.user_id AS partner_user_id, sale.team_id, sale.opportunity_id,
                       line.product_uom_qty AS quantity, line.product_uom_id, line.price_unit, line.discount,
                       line.price_unit * (1 - COALESCE(line.discount, 0) / 100) AS price_net, sale.currency_id,
                       company.currency_id AS company_currency_id,
                       ROUND(line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric,
                             currency.decimal_places) AS amount,
                       CASE WHEN sale.state = 'sale' THEN 'won'
                            WHEN sale.state = 'cancel' OR lead.won_status = 'lost' THEN 'lost'
                            WHEN sale.validity_date < %s THEN 'expired'
                            ELSE 'open' END AS result
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id
                  JOIN res_company company ON company.id = line.company_id
                  JOIN res_currency currency ON currency.id = company.currency_id
                  JOIN res_partner partner ON partner.id = sale.partner_id
                  LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
                  LEFT JOIN crm_lead lead ON lead.id = sale.opportunity_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
              ) quoted
            """,
            fields.Date.context_today(self),
        )

    @api.model
    def _action_for(self, name, **defaults):
        """The list, filtered by a customer or product."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_quotation_history_action")
        return action | {"name": name, "context": {f"search_default_{key}": value for key, value in defaults.items()}}

    def action_open_document(self):
        self.ensure_one()
        return self._open_form(self.order_id)
