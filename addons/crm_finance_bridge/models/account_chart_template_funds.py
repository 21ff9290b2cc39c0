from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """A company that gets its chart gets the accounts of the expense types with it."""
        result = super()._post_load_data(template_code, company, template_data)
        self.env["crm.expense.type"].sudo().search([])._map_accounts(company or self.env.company)
        return result
