from odoo import fields, models


class CrmCustomerBalance(models.Model):
    """Figures of a customer's own annual accounts, entered by finance: what the option model needs.

    Assets and debts in the currency of the record; only their ratio is used. Volatility: how much the value of
    the assets swings in a year, as a share (0.25 = a quarter).
    """

    _name = "crm.customer.balance"
    _inherit = ["crm.legal.customer.mixin"]
    _description = "Balance Sheet of a Customer"
    _order = "date DESC, id DESC"
    _rec_name = "partner_id"

    company_id = fields.Many2one(help="The legal entity that entered the figures.")
    date = fields.Date("Balance Sheet Date", required=True)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    assets = fields.Monetary("Total Assets", required=True)
    debts = fields.Monetary("Total Debts", required=True)
    volatility = fields.Float(
        "Swing of the Assets", required=True, default=0.25, help="In a year, as a share: 25 % unless you know better."
    )
    source = fields.Char(required=True, help="Where the figures come from, e.g. published accounts of 2025.")

    _positive = models.Constraint(
        "CHECK (assets > 0 AND debts > 0 AND volatility > 0 AND volatility <= 3)",
        "Assets, debts and swing must be above zero, the swing at most 300 %.",
    )
    _date_uniq = models.UniqueIndex("(partner_id, company_id, date)", "This balance sheet is entered already.")

    def _text_contact(self, name):
        return self.env._("A balance sheet belongs to %s.", name)

    def _text_branch(self, name):
        return self.env._("A balance sheet belongs to %s, not to its branch.", name)
