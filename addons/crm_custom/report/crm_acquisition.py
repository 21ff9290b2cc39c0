from odoo import api, fields, models
from odoo.tools import SQL


class CrmAcquisition(models.Model):
    """New customers: one row for each customer's first posted invoice in a company, with where it came from.

    Source, medium and campaign: those of the invoice, else of its order, else of the order's opportunity.
    Cost of winning it: `_cost_query`, which an addon that knows campaign costs fills; NULL = no cost yet.
    """

    _name = "crm.acquisition"
    _inherit = ["crm.fact"]
    _description = "New Customers"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    customer_role = fields.Selection(
        lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        string="Role",
        readonly=True,
    )
    date = fields.Date(string="First invoice", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    first_amount = fields.Monetary(string="First sale", readonly=True, help="Untaxed, company currency.")
    customers = fields.Integer(string="New customers", readonly=True)
    cost = fields.Monetary(
        string="Acquisition cost",
        readonly=True,
        help="The campaign's cost shared by the customers it won; empty: no cost yet.",
    )
    cost_known = fields.Boolean(readonly=True)
    cost_band = fields.Selection(
        [("none", "No cost yet"), ("low", "Up to 100"), ("medium", "101 to 500"), ("high", "Over 500")],
        string="Cost of winning",
        readonly=True,
    )

    _depends = {
        "account.move": [
            "amount_untaxed_signed", "campaign_id", "commercial_partner_id", "company_id", "invoice_date", "medium_id",
            "move_type", "source_id", "state",
        ],
        "sale.order": ["campaign_id", "medium_id", "opportunity_id", "source_id"],
        "crm.lead": ["campaign_id", "medium_id", "source_id"],
        "res.partner": ["customer_role", "user_id"],
    }  # fmt: skip

    @api.model
    def _cost_query(self):
        """Query of (campaign_id, company_id, cost): what each campaign has cost; nothing here."""
        return SQL("SELECT NULL::int AS campaign_id, NULL::int AS company_id, NULL::numeric AS cost WHERE FALSE")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT first.id, first.company_id, company.currency_id, first.partner_id,
                   partner.user_id AS partner_user_id, partner.customer_role, first.date, first.id AS move_id,
                   first.order_id, first.lead_id, first.source_id, first.medium_id, first.campaign_id,
                   first.first_amount, 1 AS customers, first.cost, first.cost IS NOT NULL AS cost_known,
                   CASE WHEN first.cost IS NULL THEN 'none' WHEN first.cost <= 100 THEN 'low'
                        WHEN first.cost <= 500 THEN 'medium' ELSE 'high' END AS cost_band
              FROM (SELECT origin.*, ROUND(spent.cost / NULLIF(COUNT(*) OVER (
                               PARTITION BY origin.company_id, origin.campaign_id), 0), 2) AS cost
                      FROM (%(origins)s) origin
                      LEFT JOIN (%(costs)s) spent ON spent.campaign_id = origin.campaign_id
                           AND spent.company_id = origin.company_id) first
              JOIN res_company company ON company.id = first.company_id
              JOIN res_partner partner ON partner.id = first.partner_id
            """,
            origins=self._origins(),
            costs=self._cost_query(),
        )

    @api.model
    def _origins(self):
        """Query of the first invoices, each with order, opportunity, source, medium and campaign.

        The first is the smallest of day and id in one number: to sort all invoices takes five times as long.
        """
        return SQL(
            """
            SELECT move.id, move.company_id, move.commercial_partner_id AS partner_id, move.invoice_date AS date,
                   move.amount_untaxed_signed AS first_amount, sold.order_id, sold.lead_id,
                   COALESCE(move.source_id, sold.source_id) AS source_id,
                   COALESCE(move.medium_id, sold.medium_id) AS medium_id,
                   COALESCE(move.campaign_id, sold.campaign_id) AS campaign_id
              FROM (SELECT (MIN(((invoice_date - DATE '1900-01-01')::bigint << 32) + id) & 4294967295)::int AS id
                      FROM account_move
                     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt')
                       AND commercial_partner_id IS NOT NULL AND invoice_date IS NOT NULL
                     GROUP BY company_id, commercial_partner_id) earliest
             CROSS JOIN LATERAL (SELECT * FROM account_move WHERE id = earliest.id OFFSET 0) move
              LEFT JOIN LATERAL (
                   SELECT so.id AS order_id, lead.id AS lead_id, COALESCE(so.source_id, lead.source_id) AS source_id,
                          COALESCE(so.medium_id, lead.medium_id) AS medium_id,
                          COALESCE(so.campaign_id, lead.campaign_id) AS campaign_id
                     FROM account_move_line line
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                     JOIN sale_order_line sol ON sol.id = rel.order_line_id
                     JOIN sale_order so ON so.id = sol.order_id
                     LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
                    WHERE line.move_id = move.id ORDER BY so.id LIMIT 1) sold ON TRUE
            """
        )

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
