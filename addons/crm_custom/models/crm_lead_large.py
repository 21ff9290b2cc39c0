from odoo import api, fields, models


class CrmLead(models.Model):
    """Large deals are told at once; without an amount in the settings this costs no query."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._tell_if_large()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if {"expected_revenue", "stage_id"} & vals.keys():
            self._tell_if_large()
        return result

    def _tell_if_large(self):
        notice = self.env["crm.large.deal.notice"].sudo()
        large = self.filtered(
            lambda lead: (
                lead.type == "opportunity" and (lead.company_id or self.env.company).sudo().crm_large_deal_amount > 0
            )
        )
        if large:
            notice._process(fields.Datetime.now(), large.ids)
