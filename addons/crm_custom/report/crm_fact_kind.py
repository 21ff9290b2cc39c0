"""B2B or B2C of the customer, and purpose of the order, in every report.

Read through the partner and the order, so that nobody pays for them who does not ask.
"""

from odoo import fields, models
from odoo.tools import SQL


class CrmOpenItem(models.Model):
    _name = "crm.open.item"
    _inherit = ["crm.open.item", "crm.kind.mixin"]


class CrmCollection(models.Model):
    _name = "crm.collection"
    _inherit = ["crm.collection", "crm.kind.mixin"]


class CrmOrderFlow(models.Model):
    _name = "crm.order.flow"
    _inherit = ["crm.order.flow", "crm.kind.mixin"]

    crm_purpose = fields.Selection(related="order_id.crm_purpose")
    crm_investment_share = fields.Float(
        string="Investment share %",
        compute="_compute_crm_investment_share",
        aggregator="avg",
        digits=(5, 1),
        help="Share of the ordered value that was bought as an investment.",
    )

    def _compute_crm_investment_share(self):
        for line in self.sudo():
            line.crm_investment_share = 100.0 if line.crm_purpose == "investment" else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """The share of a group is one of values, not a mean of its lines."""
        if aggregate_spec != "crm_investment_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        amount = self._field_to_sql(self._table, "amount_ordered", query)
        return SQL(
            """COALESCE(100.0 * SUM(%(amount)s) FILTER (WHERE %(purpose)s = 'investment')
               / NULLIF(SUM(%(amount)s), 0), 0)""",
            amount=amount,
            purpose=self._field_to_sql(self._table, "crm_purpose", query),
        )


class CrmContactMatrix(models.Model):
    _name = "crm.contact.matrix"
    _inherit = ["crm.contact.matrix", "crm.kind.mixin"]


class CrmContactLog(models.Model):
    _name = "crm.contact.log"
    _inherit = ["crm.contact.log", "crm.kind.mixin"]


class CrmScorecard(models.Model):
    _name = "crm.scorecard"
    _inherit = ["crm.scorecard", "crm.kind.mixin"]


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.kind.mixin"]


class SaleReport(models.Model):
    _name = "sale.report"
    _inherit = ["sale.report", "crm.kind.mixin"]


class AccountInvoiceReport(models.Model):
    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "crm.kind.mixin"]
