"""The records of Odoo that a customer may read on the portal."""

from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.internal.field.mixin"]


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "crm.internal.field.mixin"]


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.internal.field.mixin"]


class ResCompany(models.Model):
    """A customer reads the companies that he deals with; how they judge customers is not for him."""

    _name = "res.company"
    _inherit = ["res.company", "crm.internal.field.mixin"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.internal.field.mixin"]

    _crm_portal_fields = frozenset({"crm_portal_shop"})


class ResUsers(models.Model):
    """A user's own record shows the fields of his contact."""

    _name = "res.users"
    _inherit = ["res.users", "crm.internal.field.mixin"]

    _crm_portal_fields = frozenset({"crm_portal_shop"})


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.internal.field.mixin"]


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "crm.internal.field.mixin"]


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "crm.internal.field.mixin"]
