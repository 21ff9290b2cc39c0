from odoo import fields, models
from odoo.tools import SQL


class CrmCustomerDistribution(models.Model):
    """The customers of each month by level, risk, interest and buying habit; one row a scorecard.

    Level: class. Risk: how late the customer pays (metric 'days_late'). Habit: invoices in twelve months (metric
    'frequency'). Interest: the product category with the most sales of the twelve months.
    """

    _name = "crm.customer.distribution"
    _inherit = ["crm.fact"]
    _description = "Customers by Level, Risk, Interest and Habit"
    _auto = False
    _order = "id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    customer_class = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["customer_class"]._description_selection(self.env),
        string="Level",
        readonly=True,
    )
    lifecycle = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["lifecycle"]._description_selection(self.env), readonly=True
    )
    risk = fields.Selection(
        [
            ("none", "No payments yet"),
            ("low", "Pays in time"),
            ("medium", "Up to 30 days late"),
            ("high", "Over 30 days late"),
        ],
        readonly=True,
    )
    interest_id = fields.Many2one("product.category", readonly=True)
    habit = fields.Selection(
        [
            ("never", "Never bought"),
            ("pause", "Not this year"),
            ("once", "Once a year"),
            ("rare", "Up to 4 times a year"),
            ("often", "Up to monthly"),
            ("steady", "More than monthly"),
        ],
        string="Buying habit",
        readonly=True,
    )
    revenue = fields.Monetary(string="Annual sales", readonly=True)
    customers = fields.Integer(readonly=True)

    _depends = {
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "lifecycle", "partner_id", "revenue"],
        "crm.metric.value": ["scorecard_id", "state", "value"],
        "account.move.line": ["balance", "product_id"],
        "res.partner": ["user_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT card.id, card.company_id, company.currency_id, card.partner_id, partner.user_id AS partner_user_id,
                   card.customer_class, card.lifecycle, card.revenue, 1 AS customers, interest.interest_id,
                   CASE WHEN measured.late IS NULL THEN 'none' WHEN measured.late <= 0 THEN 'low'
                        WHEN measured.late <= 30 THEN 'medium' ELSE 'high' END AS risk,
                   CASE WHEN measured.frequency IS NULL THEN 'never' WHEN measured.frequency < 1 THEN 'pause'
                        WHEN measured.frequency < 2 THEN 'once' WHEN measured.frequency <= 4 THEN 'rare'
                        WHEN measured.frequency <= 12 THEN 'often' ELSE 'steady' END AS habit
              FROM crm_scorecard card
              JOIN res_company company ON company.id = card.company_id
              JOIN res_partner partner ON partner.id = card.partner_id
              LEFT JOIN (
                   SELECT value.scorecard_id,
                          MAX(value.value) FILTER (WHERE metric.code = 'days_late') AS late,
                          MAX(value.value) FILTER (WHERE metric.code = 'frequency') AS frequency
                     FROM crm_metric_value value JOIN crm_metric metric ON metric.id = value.metric_id
                    WHERE value.state = 'ok' AND metric.code IN ('days_late', 'frequency')
                    GROUP BY value.scorecard_id) measured ON measured.scorecard_id = card.id
              LEFT JOIN (
                   SELECT DISTINCT ON (move.company_id, move.commercial_partner_id) move.company_id,
                          move.commercial_partner_id AS partner_id, template.categ_id AS interest_id
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                          AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE line.display_type = 'product' AND move.invoice_date > (
                          SELECT MAX(latest.date) - 365 FROM crm_scorecard latest
                           WHERE latest.company_id = move.company_id AND latest.is_latest)
                    GROUP BY move.company_id, move.commercial_partner_id, template.categ_id
                    ORDER BY move.company_id, move.commercial_partner_id, SUM(line.balance), template.categ_id
                   ) interest ON interest.partner_id = card.partner_id AND interest.company_id = card.company_id
             WHERE card.is_latest
            """
        )

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
