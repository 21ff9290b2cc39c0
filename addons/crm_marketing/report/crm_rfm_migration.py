from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_rfm_score import GROUPS
from .crm_insight_fact import WINDOW

NONE = ("none", "No purchase")


class CrmRfmMigration(models.Model):
    """From which RFM group to which each customer went between two days; one row a customer and company.

    Both days (context `insight_from` and `insight_to`, default a year ago and today) are scored from the invoices
    by the same rule, so that no history needs to have been kept. Sales and cells as in `crm.rfm.score`.
    """

    _name = "crm.rfm.migration"
    _inherit = ["crm.fact", "crm.insight.fact"]
    _description = "RFM Migration between Two Days"
    _auto = False
    _order = "monetary_to desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    group_from = fields.Selection([*GROUPS, NONE], string="Group before", readonly=True, depends_context=WINDOW)
    group_to = fields.Selection([*GROUPS, NONE], string="Group after", readonly=True, depends_context=WINDOW)
    cell_from = fields.Char(string="Cell before", readonly=True, depends_context=WINDOW)
    cell_to = fields.Char(string="Cell after", readonly=True, depends_context=WINDOW)
    monetary_from = fields.Monetary(string="Sales before", readonly=True, depends_context=WINDOW)
    monetary_to = fields.Monetary(string="Sales after", readonly=True, depends_context=WINDOW)
    direction = fields.Selection(
        [("up", "Up"), ("same", "Same"), ("down", "Down"), ("new", "New"), ("gone", "Gone")],
        readonly=True,
        depends_context=WINDOW,
        help="By the sum of the three scores.",
    )
    customers = fields.Integer(readonly=True)

    _depends = {
        "account.move": [
            *("amount_untaxed_signed", "commercial_partner_id", "company_id", "invoice_date", "move_type", "state")
        ],
        "res.company": ["crm_rfm_months", "currency_id"],
        "res.partner": ["user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        first, last = self._insight_window()
        scores = self.env["crm.rfm.score"]
        return SQL(
            """SELECT partner.id::bigint * %(factor)s + company.id AS id, company.id AS company_id,
                      company.currency_id, partner.id AS partner_id, partner.user_id AS partner_user_id,
                      COALESCE(before.rfm_group, 'none') AS group_from, COALESCE(later.rfm_group, 'none') AS group_to,
                      before.cell AS cell_from, later.cell AS cell_to,
                      COALESCE(before.monetary, 0) AS monetary_from, COALESCE(later.monetary, 0) AS monetary_to,
                      CASE WHEN before.partner_id IS NULL THEN 'new' WHEN later.partner_id IS NULL THEN 'gone'
                           WHEN later.total > before.total THEN 'up' WHEN later.total < before.total THEN 'down'
                           ELSE 'same' END AS direction,
                      1 AS customers
                 FROM (SELECT *, r_score + f_score + m_score AS total FROM (%(before)s) scored) before
                 FULL JOIN (SELECT *, r_score + f_score + m_score AS total FROM (%(later)s) scored) later
                   ON later.partner_id = before.partner_id AND later.company_id = before.company_id
                 JOIN res_partner partner ON partner.id = COALESCE(later.partner_id, before.partner_id)
                 JOIN res_company company ON company.id = COALESCE(later.company_id, before.company_id)""",
            factor=self._id_factor(),
            before=scores._scored(self._insight_companies(), first),
            later=scores._scored(self._insight_companies(), last),
        )

    @api.model
    def _default_from(self, last):
        return last - self._year()

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
