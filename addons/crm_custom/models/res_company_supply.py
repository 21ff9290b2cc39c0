from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Settings of the deal's supply chain; days are calendar days."""

    _inherit = "res.company"

    crm_delivery_reminder_days = fields.Integer(
        "Delivery Reminder",
        default=2,
        help="Days before the delivery day on which the salesperson is reminded of the order; below 0: no reminder.",
        prefetch="crm",
    )
    crm_stock_by_class = fields.Boolean(
        "Scarce Stock by Customer Class",
        default=True,
        help="When several deliveries wait for the same product, those of better customer classes are reserved first.",
        prefetch="crm",
    )
    crm_delivery_copies = fields.Char(
        "Copies of the Shipping Order",
        default="Customer, Warehouse, Finance",
        help="One printed copy for each name, separated by commas; the name stands on the copy.",
        prefetch="crm",
    )
    crm_purchase_xlsx = fields.Boolean(
        "Attach Excel to Purchase Orders",
        default=True,
        help="An e-mail to the vendor carries the purchase order as an Excel workbook beside the PDF.",
        prefetch="crm",
    )
    crm_quotation_xlsx = fields.Boolean("Attach Excel to Quotations", prefetch="crm")
    crm_price_approver_ids = fields.Many2many(
        "res.users",
        "res_company_price_approver_rel",
        string="Who Approves Prices",
        domain=[("share", "=", False)],
        help="Empty: sales managers, and the leader of the order's sales team.",
    )
    crm_ship_baseline = fields.Float(
        "Baseline: Order to Shipment",
        digits=(8, 1),
        help="Median days from confirmation to last shipment before the change that you measure; 0: no baseline yet.",
        prefetch="crm",
    )
    crm_ship_baseline_note = fields.Char("Where the Baseline Comes From", prefetch="crm")

    @api.constrains("crm_delivery_copies")
    def _check_crm_delivery_copies(self):
        for company in self:
            if len(company._crm_copy_labels()) > 12:
                raise ValidationError(self.env._("A shipping order is printed in at most 12 copies."))

    def _crm_copy_labels(self):
        """Names of the printed copies of a shipping order; one nameless copy where none are set."""
        self.ensure_one()
        return [name for part in (self.crm_delivery_copies or "").split(",") if (name := part.strip())] or [""]
