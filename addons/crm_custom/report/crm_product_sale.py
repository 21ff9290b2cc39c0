from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_order_channel import CHANNELS, INDIRECT_ROLES, SOURCES


class CrmProductSale(models.Model):
    """Customer sales by product, channel and place: one row a product line of a posted customer invoice.

    id = the journal item's. Quantity in the line's unit; amount untaxed in the company's currency (`currency_id`),
    equal to the posted journal items to the cent: invoices positive, credit notes negative. Channel: that of the
    order billed, else by the customer's role. Place: the delivery address of the invoice, else the customer's.
    A line that bills several order lines counts once, with the first of them. Dates are accounting dates.
    """

    _name = "crm.product.sale"
    _inherit = ["crm.fact"]
    _description = "Product Sales"
    _auto = False
    _rec_name = "move_id"
    _order = "date DESC, id DESC"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    state_id = fields.Many2one("res.country.state", readonly=True)
    city = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", "Product Family", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    end_customer_id = fields.Many2one("res.partner", readonly=True)
    suggestion = fields.Selection(SOURCES, "From a Suggestion", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    amount = fields.Monetary("Sales", readonly=True)
    amount_cross = fields.Monetary("Cross-sold", readonly=True, help="Lines added from a suggestion.")
    phase = fields.Selection(
        [("before", "Before go-live"), ("after", "Since go-live"), ("outside", "Outside the comparison")],
        "Cross-selling",
        readonly=True,
        help="Since the go-live day of the settings, and the same number of days before it.",
    )

    _depends = {
        "account.move": [
            "commercial_partner_id", "invoice_user_id", "move_type", "partner_shipping_id", "state", "team_id",
        ],
        "account.move.line": [
            "balance", "company_id", "date", "display_type", "move_id", "parent_state", "product_id", "quantity",
            "sale_line_ids",
        ],
        "res.partner": [
            "city", "commercial_partner_id", "country_id", "customer_role", "industry_id", "state_id", "user_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.company": ["crm_golive_date", "currency_id"],
        "sale.order": ["crm_channel", "end_customer_id"],
        "sale.order.line": ["crm_suggestion", "order_id"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT line.id, line.move_id, line.date, line.company_id, company.currency_id,
                   move.commercial_partner_id AS partner_id, customer.user_id AS partner_user_id,
                   move.invoice_user_id AS user_id, move.team_id, customer.industry_id,
                   COALESCE(place.country_id, customer.country_id) AS country_id,
                   CASE WHEN place.country_id IS NULL THEN customer.state_id ELSE place.state_id END AS state_id,
                   NULLIF(INITCAP(TRIM(COALESCE(NULLIF(place.city, ''), customer.city))), '') AS city,
                   line.product_id, product.product_tmpl_id, template.categ_id AS product_categ_id,
                   COALESCE(sale.crm_channel, %(channel)s) AS channel,
                   billed.order_id, sale.end_customer_id, billed.crm_suggestion AS suggestion,
                   CASE WHEN move.move_type = 'out_refund' THEN -line.quantity ELSE line.quantity END AS quantity,
                   -line.balance AS amount,
                   CASE WHEN billed.crm_suggestion IS NULL THEN 0 ELSE -line.balance END AS amount_cross,
                   %(phase)s AS phase
            """,
            channel=self._default_channel(),
            phase=self._phase(),
        )

    @api.model
    def _default_channel(self) -> SQL:
        return SQL(
            "CASE WHEN customer.customer_role IN %s THEN 'indirect' ELSE 'direct' END", tuple(sorted(INDIRECT_ROLES))
        )

    @api.model
    def _phase(self) -> SQL:
        """The days since go-live up to today, and as many before."""
        today = fields.Date.context_today(self)
        return SQL(
            """CASE WHEN line.date >= company.crm_golive_date AND line.date <= %(today)s THEN 'after'
                    WHEN line.date < company.crm_golive_date
                         AND line.date >= company.crm_golive_date - (%(today)s - company.crm_golive_date + 1)
                    THEN 'before' ELSE 'outside' END""",
            today=SQL("%s::date", today),
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
            FROM account_move_line line
            JOIN account_move move ON move.id = line.move_id
            JOIN res_company company ON company.id = line.company_id
            LEFT JOIN res_partner customer ON customer.id = move.commercial_partner_id
            LEFT JOIN res_partner place ON place.id = move.partner_shipping_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN LATERAL (
                SELECT sold.order_id, sold.crm_suggestion
                  FROM sale_order_line_invoice_rel link
                  JOIN sale_order_line sold ON sold.id = link.order_line_id
                 WHERE link.invoice_line_id = line.id ORDER BY sold.id LIMIT 1
            ) billed ON TRUE
            LEFT JOIN sale_order sale ON sale.id = billed.order_id
            """
        )

    @api.model
    def _where(self) -> SQL:
        return SQL(
            """WHERE line.parent_state = 'posted' AND line.display_type = 'product'
                 AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"""
        )

    def action_open_document(self):
        """Open the invoice."""
        self.ensure_one()
        return self._open_form(self.move_id)
