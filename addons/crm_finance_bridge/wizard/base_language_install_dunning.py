from odoo import models


class BaseLanguageInstall(models.TransientModel):
    _inherit = "base.language.install"

    def lang_install(self):
        """Reminders to customers of a new language: the standard levels get their names in it."""
        result = super().lang_install()
        strategies = self.env["crm.dunning.strategy"].sudo().with_context(active_test=False).search([])
        strategies._translate_defaults(self.lang_ids.mapped("code"))
        return result
