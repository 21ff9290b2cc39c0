from odoo import models


class ResPartner(models.Model):
    """What a colleague is paid is not in the workbook of the colleague's own data: sales administrators keep that.

    It stays with the accounts: a colleague cannot be erased.
    """

    _inherit = "res.partner"

    def _crm_person_sections(self):
        """Who exports wages and commissions, for a colleague."""
        sections = super()._crm_person_sections()
        users_sudo = self.sudo().with_context(active_test=False).user_ids
        if all(users_sudo.mapped("share")):
            return sections
        text = self.env._(
            "Not in this file: an accounting administrator exports them from Wage, Commission and Expenses."
        )
        return [*sections, (self.env._("Wages and commissions"), [[text, "", ""]])]
