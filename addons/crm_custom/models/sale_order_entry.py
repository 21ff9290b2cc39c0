from odoo import api, fields, models

# Longer than this, somebody left the screen open: no entry time.
LONGEST = 4 * 3600


class SaleOrder(models.Model):
    """Order entry by the sales assistant: the scan of the fax or contract, and the time that the entry took.

    The time runs from opening the entry screen (crm_entry_start, set by the screen's defaults) to the first save,
    which confirming does too; in seconds.
    """

    _inherit = "sale.order"

    crm_entry_start = fields.Datetime(
        "Entry Started", default=lambda self: self._crm_default_entry_start(), copy=False, readonly=False
    )
    crm_entry_seconds = fields.Integer("Entry Seconds", copy=False, readonly=True, aggregator="avg")
    crm_scan_ids = fields.Many2many(
        "ir.attachment",
        "sale_order_crm_scan_rel",
        "order_id",
        "attachment_id",
        string="Fax or Contract",
        copy=False,
        bypass_search_access=True,
    )
    crm_customer_facts = fields.Char("Customer Facts", compute="_compute_crm_customer_facts", compute_sudo=True)

    @api.model
    def _crm_default_entry_start(self):
        return fields.Datetime.now() if self.env.context.get("crm_fast_entry") else False

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        for vals in vals_list:
            vals.pop("crm_entry_seconds", None)
            start = fields.Datetime.to_datetime(vals.get("crm_entry_start"))
            if start and 0 <= (now - start).total_seconds() <= LONGEST:
                vals["crm_entry_seconds"] = max(int((now - start).total_seconds()), 1)
        orders = super().create(vals_list)
        if any(vals.get("crm_scan_ids") for vals in vals_list):
            orders._crm_own_scans()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "crm_scan_ids" in vals:
            self._crm_own_scans()
        return result

    def _crm_own_scans(self):
        """Scans belong to the order: who may read it may read them, in its chatter too."""
        for order in self:
            loose = order.crm_scan_ids.sudo().filtered(
                lambda scan: not scan.res_id and scan.create_uid == self.env.user and not scan.res_field
            )
            loose.write({"res_model": "sale.order", "res_id": order.id})

    def action_crm_next_entry(self):
        """An empty entry screen; the clock starts anew."""
        return self.env["ir.actions.act_window"]._for_xml_id("crm_custom.sale_order_entry_action")

    # === CUSTOMER FACTS === #

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_crm_customer_facts(self):
        """Class and score, what was ordered in twelve months, what is open and overdue: one line for who quotes."""
        self.crm_customer_facts = False
        for company, orders in self.grouped("company_id").items():
            customers = orders.partner_id.commercial_partner_id
            facts = customers._crm_order_facts(company or self.env.company)
            for order in orders:
                order.crm_customer_facts = facts.get(order.partner_id.commercial_partner_id.id, False)
