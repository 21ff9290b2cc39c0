from odoo import fields, models


class ResPartner(models.Model):
    """What a colleague is paid, in the workbook of the colleague's own data.

    It stays with the accounts: a colleague cannot be erased.
    """

    _inherit = "res.partner"

    def _crm_person_sections(self):
        """Wages and commissions, only where an accounting administrator makes the workbook: nobody else sees them."""
        users = self.sudo().with_context(active_test=False).user_ids.filtered(lambda user: not user.share)
        if not users:
            return super()._crm_person_sections()
        rows = [[self.env._("To be asked of an accounting administrator."), "", ""]]
        if self.env.user.has_group("account.group_account_manager"):
            mine = [("user_id", "in", users.ids)]
            wages = self.env["crm.wage"].sudo().search(mine)
            commissions = self.env["crm.commission.statement"].sudo().search(mine)
            paid = [(self.env._("Wage"), wage, wage.amount) for wage in wages]
            paid += [(self.env._("Commission"), statement, statement.amount_total) for statement in commissions]
            rows = [
                [title, fields.Date.to_string(record.month), record.currency_id.format(amount)]
                for title, record, amount in paid
            ]
        return [*super()._crm_person_sections(), (self.env._("Wages and commissions"), rows)]
