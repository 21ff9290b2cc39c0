from odoo import api, fields, models
from odoo.fields import Domain

RECENT_EVENTS = 20
RECENT_ORDERS = 8


class ResPartner(models.Model):
    """The customer page: money, orders on the way to cash, timeline.

    Amounts in the currency of the current company, for the commercial partner. Computed in sudo with the company as
    an explicit filter, and only for customers whose money the user may see.
    """

    _inherit = "res.partner"

    crm_money_visible = fields.Boolean(compute="_compute_crm_money", compute_sudo=True)
    crm_currency_id = fields.Many2one("res.currency", compute="_compute_crm_money", compute_sudo=True)
    crm_open_amount = fields.Monetary(
        string="Open",
        currency_field="crm_currency_id",
        compute="_compute_crm_money",
        compute_sudo=True,
        help="Posted receivables less credits and payments on account, today.",
    )
    crm_overdue_amount = fields.Monetary(
        string="Overdue today",
        currency_field="crm_currency_id",
        compute="_compute_crm_money",
        compute_sudo=True,
        help="Past due today less credits and payments on account of earlier days, never below zero: money received "
        "beyond it stands in the open amount.",
    )
    crm_on_order = fields.Monetary(
        string="On order",
        currency_field="crm_currency_id",
        compute="_compute_crm_money",
        compute_sudo=True,
        help="Confirmed orders not invoiced yet, untaxed.",
    )
    crm_to_ship = fields.Monetary(
        string="To ship",
        currency_field="crm_currency_id",
        compute="_compute_crm_money",
        compute_sudo=True,
        help="Confirmed orders not delivered yet, untaxed.",
    )
    crm_last_order_date = fields.Datetime(string="Last order", compute="_compute_crm_orders", compute_sudo=True)
    crm_quotation_count = fields.Integer(string="Open quotations", compute="_compute_crm_orders", compute_sudo=True)
    crm_recent_order_ids = fields.Many2many("sale.order", string="Recent orders", compute="_compute_crm_page")
    crm_event_ids = fields.Many2many("crm.customer.event", string="Timeline", compute="_compute_crm_page")
    crm_value_ids = fields.Many2many("crm.metric.value", string="Parts of the score", compute="_compute_crm_page")
    crm_delivery_count = fields.Integer(string="Deliveries", compute="_compute_crm_page")
    crm_invoice_count = fields.Integer(string="Customer invoices", compute="_compute_crm_page")

    def _crm_visible_customers(self):
        """Commercial partners whose money the user may see: accountants and 'all documents' all, others their own."""
        user, customers = self.env.user, self.commercial_partner_id
        if user.has_groups(
            "sales_team.group_sale_salesman_all_leads,account.group_account_invoice,account.group_account_readonly"
        ):
            return customers
        if user.has_group("sales_team.group_sale_salesman"):
            return customers.filtered(lambda partner: partner.user_id == user)
        return customers.browse()

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_money(self):
        company = self.env.company
        visible = self._crm_visible_customers()
        domain = Domain("company_id", "=", company.id) & Domain("partner_id", "in", visible.ids)
        money, orders = {}, {}
        if visible:
            items = self.env["crm.open.item"]
            money = {
                partner.id: [total, 0.0]
                for partner, total in items._read_group(domain, ["partner_id"], ["residual:sum"])
            }
            overdue = domain & Domain("days_overdue", ">", 0)
            for partner, total in items._read_group(overdue, ["partner_id"], ["residual:sum"]):
                money[partner.id][1] = max(total, 0.0)
            for partner, status, *amounts in self.env["crm.order.flow"]._read_group(
                domain & Domain("status", "not in", ("paid", "returned", "closed_short")),
                ["partner_id", "status"],
                ["amount_ordered:sum", "amount_delivered:sum", "amount_invoiced:sum"],
            ):
                on_order, to_ship = orders.get(partner.id, (0.0, 0.0))
                ordered, delivered, invoiced = amounts
                on_order += max(ordered - invoiced, 0.0)
                if status in ("to_ship", "part_shipped"):
                    to_ship += max(ordered - delivered, 0.0)
                orders[partner.id] = on_order, to_ship
        for partner in self:
            customer = partner.commercial_partner_id
            partner.crm_money_visible = customer in visible
            partner.crm_currency_id = company.currency_id
            partner.crm_open_amount, partner.crm_overdue_amount = money.get(customer.id, (0.0, 0.0))
            partner.crm_on_order, partner.crm_to_ship = orders.get(customer.id, (0.0, 0.0))

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_orders(self):
        """Last confirmed order and open quotations, of customers that the user may see."""
        visible = self._crm_visible_customers()
        last, quotations = {}, {}
        if visible:
            groups = self.env["sale.order"]._read_group(
                [
                    ("company_id", "=", self.env.company.id),
                    ("partner_id.commercial_partner_id", "in", visible.ids),
                    ("state", "in", ("draft", "sent", "sale")),
                ],
                ["partner_id", "state"],
                ["date_order:max", "__count"],
            )
            for partner, state, date, count in groups:
                customer = partner.commercial_partner_id.id
                if state == "sale":
                    last[customer] = max(date, last.get(customer, date))
                else:
                    quotations[customer] = quotations.get(customer, 0) + count
        for partner in self:
            partner.crm_last_order_date = last.get(partner.commercial_partner_id.id, False)
            partner.crm_quotation_count = quotations.get(partner.commercial_partner_id.id, 0)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_page(self):
        """What stands on the page of one customer, under the user's own rights."""
        events, orders, values = self.env["crm.customer.event"], self.env["sale.order"], self.env["crm.metric.value"]
        for partner in self:
            customer = partner.commercial_partner_id
            related = [("partner_id", "child_of", customer.ids), ("company_id", "=", self.env.company.id)]
            partner.crm_event_ids = partner.crm_recent_order_ids = partner.crm_value_ids = False
            partner.crm_delivery_count = partner.crm_invoice_count = 0
            if events.has_access("read"):
                partner.crm_event_ids = events.search(customer._crm_event_domain(), limit=RECENT_EVENTS)
            if orders.has_access("read"):
                partner.crm_recent_order_ids = orders.search(
                    [*related, ("state", "=", "sale")], order="date_order desc, id desc", limit=RECENT_ORDERS
                )
            if values.has_access("read"):
                partner.crm_value_ids = values.search([("scorecard_id", "=", partner.crm_scorecard_id.id)])
            if self.env["stock.picking"].has_access("read"):
                partner.crm_delivery_count = self.env["stock.picking"].search_count(customer._crm_delivery_domain())
            if self.env["account.move"].has_access("read"):
                partner.crm_invoice_count = self.env["account.move"].search_count(customer._crm_invoice_domain())

    # === DOMAINS AND ACTIONS === #

    def _crm_event_domain(self):
        return [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "in", [self.env.company.id, False]),
        ]

    def _crm_delivery_domain(self):
        return [
            "|",
            ("partner_id", "child_of", self.commercial_partner_id.ids),
            ("sale_id.partner_id", "child_of", self.commercial_partner_id.ids),
            ("picking_type_code", "in", ("outgoing", "incoming")),
            ("company_id", "=", self.env.company.id),
        ]

    def _crm_invoice_domain(self):
        return [
            ("partner_id", "child_of", self.commercial_partner_id.ids),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("company_id", "=", self.env.company.id),
        ]

    def _crm_action(self, name, model, domain, views=("list", "form"), context=None):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.commercial_partner_id.display_name}",
            "res_model": model,
            "views": [(False, view) for view in views],
            "domain": domain,
            "context": {"create": False} | (context or {}),
        }

    def _crm_fact_domain(self):
        return [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)]

    def action_crm_timeline(self):
        return self._crm_action(
            self.env._("Timeline"), "crm.customer.event", self._crm_event_domain(), ("list", "kanban")
        )

    def action_crm_deliveries(self):
        return self._crm_action(self.env._("Deliveries"), "stock.picking", self._crm_delivery_domain())

    def action_crm_invoices(self):
        action = self._crm_action(self.env._("Invoices"), "account.move", self._crm_invoice_domain())
        view = self.env.ref("account.view_out_invoice_tree")
        return action | {"views": [(view.id, "list"), (False, "form")]}

    def action_crm_collections(self):
        return self._crm_action(self.env._("Payments"), "crm.collection", self._crm_fact_domain(), ("list", "pivot"))

    def action_crm_open_items(self):
        return self._crm_action(self.env._("Open"), "crm.open.item", self._crm_fact_domain(), ("list", "pivot"))

    def action_crm_order_flow(self):
        domain = [*self._crm_fact_domain(), ("status", "not in", ("paid", "returned", "closed_short"))]
        return self._crm_action(self.env._("On order"), "crm.order.flow", domain, ("list", "pivot"))
