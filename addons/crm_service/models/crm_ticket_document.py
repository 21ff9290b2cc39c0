from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmTicket(models.Model):
    """The records behind a ticket: order, delivery, invoice, and the return and credit note made for it."""

    _inherit = "crm.ticket"

    sale_order_line_id = fields.Many2one(
        "sale.order.line",
        "Delivered Line",
        index="btree_not_null",
        check_company=True,
        domain="[('state', '=', 'sale'), ('display_type', '=', False), ('company_id', '=', company_id),"
        " ('order_partner_id', 'child_of', commercial_partner_id or [])]",
        help="What the request is about. Product, quantity, customer, delivery and invoice follow from it.",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Order",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('state', '=', 'sale'), ('company_id', '=', company_id),"
        " ('partner_id', 'child_of', commercial_partner_id or [])]",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('picking_type_code', '=', 'outgoing'), ('state', '=', 'done'), ('company_id', '=', company_id),"
        " ('partner_id', 'child_of', commercial_partner_id or [])]",
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), ('company_id', '=', company_id),"
        " ('commercial_partner_id', 'child_of', commercial_partner_id or [])]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Lot/Serial",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(
        "Quantity Concerned",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
        help="In the unit of the order line; starts with all that was delivered.",
    )
    product_uom_id = fields.Many2one(related="sale_order_line_id.product_uom_id", string="Unit")
    price_unit = fields.Float(related="sale_order_line_id.price_unit", string="Unit Price")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True, precompute=True)
    disputed_amount = fields.Monetary(
        compute="_compute_disputed_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Tax included, in the currency of the order or invoice: the share of the line for the quantity "
        "concerned, else what is open on the invoice, else the order. Zero unless the category is a dispute.",
    )
    return_ids = fields.One2many("stock.picking", "ticket_id", "Returns", readonly=True)
    refund_ids = fields.One2many("account.move", "ticket_id", "Credit Notes", readonly=True)
    return_count = fields.Integer(compute="_compute_document_counts")
    refund_count = fields.Integer(compute="_compute_document_counts")
    order_delivery_ids = fields.Many2many("stock.picking", compute="_compute_order_status", string="Shipments")
    order_invoice_ids = fields.Many2many("account.move", compute="_compute_order_status", string="Invoices")
    order_status = fields.Text(compute="_compute_order_status")

    @api.depends("sale_order_line_id")
    def _compute_from_line(self):
        """Take everything the order line knows; a ticket without a line keeps what people chose."""
        for ticket in self:
            line = ticket.sale_order_line_id
            values = {name: ticket[name] for name in ("sale_order_id", "picking_id", "move_id", "product_id", "lot_id")}
            values["quantity"] = ticket.quantity
            if line:
                values = line._crm_ticket_values()
            ticket.update(values)

    @api.depends("sale_order_id", "move_id", "company_id")
    def _compute_currency_id(self):
        for ticket in self:
            documents = ticket.sale_order_id.currency_id or ticket.move_id.currency_id
            ticket.currency_id = documents or ticket.company_id.currency_id

    @api.depends("category_kind", "quantity", "sale_order_line_id", "move_id", "sale_order_id")
    def _compute_disputed_amount(self):
        for ticket in self:
            line, invoice, order = ticket.sale_order_line_id, ticket.move_id, ticket.sale_order_id
            if ticket.category_kind != "dispute":
                amount = 0
            elif line:
                amount = line.price_total * ticket.quantity / line.product_uom_qty if line.product_uom_qty else 0
            else:
                amount = invoice.amount_residual if invoice else order.amount_total
            ticket.disputed_amount = amount

    @api.onchange("partner_id")
    def _onchange_partner_documents(self):
        """Another customer: forget the goods of the former one."""
        line = self.sale_order_line_id
        if line and line.order_partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            self.update(
                dict.fromkeys(("sale_order_line_id", "sale_order_id", "picking_id", "move_id", "product_id", "lot_id"))
            )
            self.quantity = 0

    @api.depends("return_ids", "refund_ids")
    def _compute_document_counts(self):
        for ticket in self.sudo():
            ticket.return_count = len(ticket.return_ids)
            ticket.refund_count = len(ticket.refund_ids)

    @api.depends("sale_order_id", "sale_order_line_id")
    def _compute_order_status(self):
        for ticket in self:
            order = ticket.sale_order_id.sudo()
            invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
            ticket.order_delivery_ids = order.picking_ids.filtered(lambda p: p.state != "cancel").sudo(False)
            ticket.order_invoice_ids = invoices.sudo(False)
            ticket.order_status = order and order._crm_status_sentence(ticket.sale_order_line_id.sudo())

    # === RETURN AND REFUND === #

    def _check_may_act(self, picking=None, invoice=None):
        """Raise unless the user may work on this ticket and the document is one of the ticket's own order or choice."""
        self.ensure_one()
        self.check_access("write")
        ticket = self.sudo()
        pickings = ticket.sale_order_id.picking_ids | ticket.picking_id
        invoices = ticket.sale_order_id.invoice_ids | ticket.move_id
        if (picking and picking not in pickings) or (invoice and not invoice <= invoices):
            raise AccessError(self.env._("This document does not belong to ticket %s.", self.display_name))

    def action_return(self):
        """Open Odoo's return wizard on the delivery, filled with the product and the quantity concerned."""
        self._check_may_act()
        if not self.picking_id:
            raise UserError(self.env._("Choose the delivered line or the delivery first."))
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.act_stock_return_picking")
        action["context"] = {
            "active_model": "stock.picking",
            "active_id": self.picking_id.id,
            "active_ids": self.picking_id.ids,
            "default_ticket_id": self.id,
        }
        return action

    def action_refund(self):
        """Open Odoo's reversal wizard on the invoice."""
        self._check_may_act()
        if not self.move_id:
            raise UserError(self.env._("There is no posted invoice to credit yet: choose the invoice first."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": "account.move.reversal",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "account.move",
                "active_id": self.move_id.id,
                "active_ids": self.move_id.ids,
                "default_ticket_id": self.id,
                "default_reason": self.display_name,
            },
        }

    def _log_document(self, title, document):
        """Note on the ticket that a document was made for it."""
        link = document._get_html_link(title=document.display_name)
        self.sudo()._message_log(body=Markup("%s: %s") % (title, link), author_id=self.env.user.partner_id.id)

    # === SMART BUTTONS === #

    def _open_records(self, records, name):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
            "context": {"create": False},
        }
        if len(records) == 1:
            action.update(view_mode="form", res_id=records.id)
        return action

    def action_open_order(self):
        return self._open_records(self.sale_order_id, self.env._("Order"))

    def action_open_picking(self):
        return self._open_records(self.picking_id, self.env._("Delivery"))

    def action_open_invoice(self):
        return self._open_records(self.move_id, self.env._("Invoice"))

    def action_open_returns(self):
        return self._open_records(self.return_ids, self.env._("Returns"))

    def action_open_refunds(self):
        return self._open_records(self.refund_ids, self.env._("Credit Notes"))

    @api.model
    def _action_new(self, company, values):
        """Return the action that opens the form of a new ticket with these defaults."""
        defaults = {f"default_{name}": value for name, value in values.items() if value}
        team = self.env["crm.service.team"]._default_for(company, self.env.user)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Ticket"),
            "res_model": "crm.ticket",
            "view_mode": "form",
            "context": {"default_company_id": company.id, "default_team_id": team.id, **defaults},
        }

    @api.model
    def _as_dispute(self, action):
        """Return the action of a new ticket with the first dispute category of its company."""
        company = action["context"].get("default_company_id")
        category = self.env["crm.ticket.category"].search(
            [("kind", "=", "dispute"), ("company_id", "in", [company, False])], limit=1
        )
        return {
            **action,
            "name": self.env._("New Dispute"),
            "context": {**action["context"], "default_category_id": category.id},
        }
