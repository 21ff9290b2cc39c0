from odoo import api, models


class AccountTax(models.Model):
    """A tax that cannot be recovered is a cost: its journal item takes the campaign of the line taxed.

    Odoo groups tax lines by a key; the campaign joins the key only for repartition lines
    outside the tax closing (the part that stays with the company), as the analytic
    distribution does. Without campaigns the key is the same as without this addon.
    """

    _inherit = "account.tax"

    def _prepare_base_line_for_taxes_computation(self, record, **kwargs):
        results = super()._prepare_base_line_for_taxes_computation(record, **kwargs)
        results["campaign_id"] = self._purchase_campaign(record, kwargs)
        return results

    def _prepare_tax_line_for_taxes_computation(self, record, **kwargs):
        results = super()._prepare_tax_line_for_taxes_computation(record, **kwargs)
        results["campaign_id"] = self._purchase_campaign(record, kwargs)
        return results

    @api.model
    def _purchase_campaign(self, record, kwargs):
        """The campaign of a journal item or expense; other records (sale order lines ...) charge none."""
        campaigns = self.env["utm.campaign"]
        if isinstance(record, models.Model) and record._name not in ("account.move.line", "hr.expense"):
            return campaigns
        return self._get_base_line_field_value_from_record(record, "campaign_id", kwargs, campaigns)

    @api.model
    def _prepare_base_line_grouping_key(self, base_line):
        results = super()._prepare_base_line_grouping_key(base_line)
        results["campaign_id"] = base_line["campaign_id"].id
        return results

    @api.model
    def _prepare_base_line_tax_repartition_grouping_key(
        self, base_line, base_line_grouping_key, tax_data, tax_rep_data
    ):
        results = super()._prepare_base_line_tax_repartition_grouping_key(
            base_line, base_line_grouping_key, tax_data, tax_rep_data
        )
        if tax_rep_data["tax_rep"].use_in_tax_closing:
            results["campaign_id"] = False
        return results

    @api.model
    def _prepare_tax_line_repartition_grouping_key(self, tax_line):
        results = super()._prepare_tax_line_repartition_grouping_key(tax_line)
        results["campaign_id"] = tax_line["campaign_id"].id
        return results
