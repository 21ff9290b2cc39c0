from odoo import fields, models
from odoo.tools import SQL

from .crm_service_entitlement import PLACES

ON_SITE = ("visit", "workshop")  # kinds of work that are not remote


class CrmServiceAgreement(models.Model):
    """What was used of an agreement and what it brought in, counted from the records themselves.

    Money is in the company's currency, without taxes: revenue is posted, credit notes are taken off.
    """

    _inherit = "crm.service.agreement"

    currency_id = fields.Many2one(related="company_id.currency_id")
    visit_ids = fields.One2many("crm.service.visit", "agreement_id", "Visits", readonly=True)
    revenue = fields.Monetary(
        compute="_compute_result",
        groups="crm_service.group_service_manager",
        help="Posted invoices of the orders, less credit notes, without taxes.",
    )
    time_cost = fields.Monetary(
        "Cost of Time",
        compute="_compute_result",
        groups="crm_service.group_service_manager",
        help="Work on the tickets of the agreement at the agents' hourly rates.",
    )
    parts_cost = fields.Monetary(
        "Cost of Parts",
        compute="_compute_result",
        groups="crm_service.group_service_manager",
        help="Parts used on visits that are not invoiced, at their cost on that day.",
    )
    margin = fields.Monetary(
        compute="_compute_result",
        groups="crm_service.group_service_manager",
        help="Revenue less the cost of time and parts.",
    )

    def _used(self):
        """Return {(agreement id, kind, place): amount} used so far: tickets, visits done, hours of work."""
        result = {}
        agreements = self.sudo()._origin
        of_these = [("agreement_id", "in", agreements.ids)]
        tickets = self.env["crm.ticket"].sudo()._read_group(of_these, ["agreement_id"], ["__count"])
        visits = (
            self.env["crm.service.visit"]
            .sudo()
            ._read_group([*of_these, ("state", "=", "done"), ("place", "=", "site")], ["agreement_id"], ["__count"])
        )
        for kind, groups in (("tickets", tickets), ("visits", visits)):
            for record, count in groups:
                result.update({(record.id, kind, place): count for place, _name in PLACES})
        work = self.env["crm.ticket.work"].sudo()
        for record, kind, minutes in work._read_group(
            [("ticket_id.agreement_id", "in", agreements.ids)], ["ticket_id.agreement_id", "kind"], ["minutes:sum"]
        ):
            for place in ("any", "site" if kind in ON_SITE else "remote"):
                key = record.id, "hours", place
                result[key] = result.get(key, 0) + minutes / 60
        return result

    def _compute_result(self):
        """Four queries for a list of agreements."""
        agreements = self.sudo()._origin
        revenue = agreements._revenue()
        work = self.env["crm.ticket.work"].sudo()
        time_cost = dict(
            work._read_group(
                [("ticket_id.agreement_id", "in", agreements.ids)], ["ticket_id.agreement_id"], ["cost:sum"]
            )
        )
        parts = dict.fromkeys(agreements.ids, 0.0)
        for part in (
            self.env["crm.service.visit.part"]
            .sudo()
            .search(
                [
                    ("visit_id.agreement_id", "in", agreements.ids),
                    ("visit_id.state", "=", "done"),
                    ("billable", "=", False),
                ]
            )
        ):
            parts[part.visit_id.agreement_id.id] += part.cost * part.quantity
        for record in self:
            key = record._origin
            record.revenue = revenue.get(key.id, 0)
            record.time_cost = time_cost.get(key.sudo(), 0)
            record.parts_cost = parts.get(key.id, 0)
            record.margin = record.revenue - record.time_cost - record.parts_cost

    def _revenue(self):
        """Return {agreement id: posted revenue}; a line of two orders of one agreement counts once."""
        if not self.ids:
            return {}
        self.env["account.move.line"].sudo().flush_model(["balance", "parent_state"])
        self.env["sale.order.line"].sudo().flush_model(["order_id"])
        self.sudo().flush_model(["order_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT agreement, -SUM(balance)
                     FROM (SELECT DISTINCT r.crm_service_agreement_id AS agreement, l.id, l.balance
                             FROM crm_service_agreement_sale_order_rel r
                             JOIN sale_order_line s ON s.order_id = r.sale_order_id
                             JOIN sale_order_line_invoice_rel i ON i.order_line_id = s.id
                             JOIN account_move_line l ON l.id = i.invoice_line_id
                            WHERE l.parent_state = 'posted' AND r.crm_service_agreement_id IN %s) billed
                    GROUP BY agreement""",
                tuple(self.ids),
            )
        )
        return dict(rows)
