from odoo import api, fields, models, tools


class ProductTemplate(models.Model):
    """Products that are looked after once they are with the customer."""

    _inherit = "product.template"

    service_asset = fields.Boolean(
        "Keep Record at the Customer",
        help="Each delivered piece is kept as a product of the customer, with its warranty and maintenance dates.",
    )
    warranty_months = fields.Integer("Warranty", help="Months from the delivery; 0: no warranty.")
    maintenance_months = fields.Integer("Maintenance Every", help="Months between two maintenances; 0: none.")

    _check_service_months = models.Constraint(
        "CHECK (warranty_months >= 0 AND maintenance_months >= 0)",
        "Months of warranty and maintenance must not be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        if any(vals.get("service_asset") for vals in vals_list):
            self.env.registry.clear_cache()
        return templates

    def write(self, vals):
        result = super().write(vals)
        if "service_asset" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _crm_keeps_assets(self):
        """Whether any product is kept as a customer's product: else deliveries are not looked at."""
        return bool(self.sudo().with_context(active_test=False).search_count([("service_asset", "=", True)], limit=1))

    def action_crm_backfill_assets(self):
        """Make the customers' products of the deliveries before the product was marked."""
        created = self.env["crm.customer.asset"]._backfill(self.product_variant_ids)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_customer_asset_action")
        action["domain"] = [("id", "in", created.ids)]
        return action
