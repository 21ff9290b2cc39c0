"""B2B or B2C of the customer, and purpose of the order, in every report.

Read through the partner and the order, so that nobody pays for them who does not ask.
"""

from odoo import fields, models
from odoo.tools import SQL


class CrmOpenItem(models.Model):
    _inherit = "crm.open.item"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class CrmCollection(models.Model):
    _inherit = "crm.collection"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class CrmOrderFlow(models.Model):
    _inherit = "crm.order.flow"

    crm_kind = fields.Selection(related="partner_id.crm_kind")
    crm_purpose = fields.Selection(related="order_id.crm_purpose")
    crm_investment_share = fields.Float(
        string="Investment share %",
        compute="_compute_crm_investment_share",
        aggregator="avg",
        digits=(5, 1),
        help="Share of the ordered value that was bought as an investment.",
    )

    def _compute_crm_investment_share(self):
        for line in self:
            line.crm_investment_share = 100.0 if line.sudo().crm_purpose == "investment" else 0.0

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
    _inherit = "crm.contact.matrix"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class CrmContactLog(models.Model):
    _inherit = "crm.contact.log"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class CrmScorecard(models.Model):
    _inherit = "crm.scorecard"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class SaleReport(models.Model):
    _inherit = "sale.report"

    crm_kind = fields.Selection(related="partner_id.crm_kind")


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    crm_kind = fields.Selection(related="partner_id.crm_kind")
