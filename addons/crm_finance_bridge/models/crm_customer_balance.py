from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCustomerBalance(models.Model):
    """Figures of a customer's own annual accounts, entered by finance: what the option model needs.

    Assets and debts in the currency of the record; only their ratio is used. Volatility: how much the value of
    the assets swings in a year, as a share (0.25 = a quarter).
    """

    _name = "crm.customer.balance"
    _description = "Balance Sheet of a Customer"
    _order = "date DESC, id DESC"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        ondelete="cascade",
        help="The legal entity that entered the figures.",
    )
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

    @api.constrains("partner_id", "company_id")
    def _check_commercial_partner(self):
        for balance in self:
            if balance.partner_id.commercial_partner_id != balance.partner_id:
                raise ValidationError(
                    self.env._("A balance sheet belongs to %s.", balance.partner_id.commercial_partner_id.name)
                )
            if balance.company_id.parent_id:
                raise ValidationError(
                    self.env._("A balance sheet belongs to %s, not to its branch.", balance.company_id.root_id.name)
                )
