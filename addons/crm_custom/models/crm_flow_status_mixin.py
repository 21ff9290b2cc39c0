from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..tools import order_to_cash

STAGES = [
    ("none", "No order yet"),
    ("to_ship", "To deliver"),
    ("part_shipped", "Partly delivered"),
    ("shipped", "Delivered"),
    ("part_invoiced", "Partly invoiced"),
    ("invoiced", "Invoiced"),
    ("part_paid", "Partly collected"),
    ("paid", "Collected"),
]


class CrmFlowStatusMixin(models.AbstractModel):
    """Order-to-cash status of what confirmed orders belong to: ordered, delivered, invoiced, collected.

    Read from crm.order.flow: untaxed, company currency. Computed in sudo, so that a salesperson sees the money
    of a record that he may read without access to entries; the company is always part of the filter.
    """

    _name = "crm.flow.status.mixin"
    _description = "Order-to-Cash Status"

    # Field of crm.order.flow that points to the model.
    _flow_field = None

    flow_currency_id = fields.Many2one("res.currency", compute="_compute_flow", compute_sudo=True)
    flow_ordered = fields.Monetary(
        string="Ordered", currency_field="flow_currency_id", compute="_compute_flow", compute_sudo=True
    )
    flow_delivered = fields.Monetary(
        string="Shipped", currency_field="flow_currency_id", compute="_compute_flow", compute_sudo=True
    )
    flow_invoiced = fields.Monetary(
        string="Posted invoices", currency_field="flow_currency_id", compute="_compute_flow", compute_sudo=True
    )
    flow_collected = fields.Monetary(
        string="Collected",
        currency_field="flow_currency_id",
        compute="_compute_flow",
        compute_sudo=True,
        help="Untaxed share of the money received.",
    )
    flow_stage = fields.Selection(STAGES, string="Order to cash", compute="_compute_flow", compute_sudo=True)
    flow_late = fields.Boolean(string="Late", compute="_compute_flow", compute_sudo=True)
    flow_text = fields.Char(string="Order-to-cash status", compute="_compute_flow", compute_sudo=True)

    def _flow_company(self):
        """Company whose orders count, and whose currency the figures are in."""
        return self.company_id if "company_id" in self._fields and self.company_id else self.env.company

    @api.depends_context("company", "lang")
    def _compute_flow(self):
        companies = {record.id: record._flow_company() for record in self}
        domain = [
            (self._flow_field, "in", self.ids),
            ("company_id", "in", list({company.id for company in companies.values()})),
        ]
        found = {}
        if self.ids:
            groups = self.env["crm.order.flow"]._read_group(
                domain,
                [self._flow_field, "company_id"],
                [
                    "amount_ordered:sum",
                    "amount_delivered:sum",
                    "amount_invoiced:sum",
                    "amount_collected:sum",
                    "status:array_agg_distinct",
                    "is_late:bool_or",
                ],
            )
            found = {(owner.id, company.id): figures for owner, company, *figures in groups}
        for record in self:
            company = companies[record.id]
            *amounts, statuses, late = found.get((record._origin.id, company.id), (0.0, 0.0, 0.0, 0.0, [], False))
            record.flow_currency_id = company.currency_id
            record.flow_ordered, record.flow_delivered, record.flow_invoiced, record.flow_collected = amounts
            record.flow_stage = order_to_cash.stage(*amounts, statuses=statuses)
            record.flow_late = late
            record.flow_text = record._flow_sentence()

    def _flow_sentence(self):
        """'Ordered 100.00 €, shipped 40.00 €, invoiced 0.00 €, collected 0.00 €'."""
        if self.flow_stage == "none":
            return self.env._("No confirmed order yet")
        money = [
            formatLang(self.env, amount, currency_obj=self.flow_currency_id)
            for amount in (self.flow_ordered, self.flow_delivered, self.flow_invoiced, self.flow_collected)
        ]
        return self.env._(
            "Ordered %(ordered)s, shipped %(shipped)s, invoiced %(invoiced)s, collected %(collected)s",
            ordered=money[0],
            shipped=money[1],
            invoiced=money[2],
            collected=money[3],
        )

    # === ACTIONS: each figure opens the records behind it === #

    def _flow_action(self, xmlid, domain, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"name": name, "domain": domain, "context": {"create": False}}

    def _flow_orders(self):
        """Confirmed orders behind the figures, under the user's rights."""
        lines = self.env["crm.order.flow"].sudo().search([(self._flow_field, "in", self.ids)])
        return self.env["sale.order"].search([("id", "in", lines.order_id.ids)])

    def action_flow_lines(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order to cash: %(record)s", record=self.display_name),
            "res_model": "crm.order.flow",
            "views": [(False, "list"), (False, "pivot")],
            "domain": [(self._flow_field, "in", self.ids), ("company_id", "=", self._flow_company().id)],
        }

    def action_flow_deliveries(self):
        domain = [("sale_id", "in", self._flow_orders().ids), ("picking_type_code", "in", ("outgoing", "incoming"))]
        return self._flow_action("stock.action_picking_tree_all", domain, self.env._("Deliveries"))

    def action_flow_invoices(self):
        domain = [("id", "in", self._flow_orders().invoice_ids.ids)]
        return self._flow_action("account.action_move_out_invoice_type", domain, self.env._("Invoices"))

    def action_flow_collections(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Money received: %(record)s", record=self.display_name),
            "res_model": "crm.collection",
            "views": [(False, "list")],
            "domain": [("order_id", "in", self._flow_orders().ids)],
        }
