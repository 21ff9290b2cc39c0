from datetime import datetime

from odoo import Command
from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.sale.tests.common import TestSaleCommon

# A Monday, ten o'clock in UTC.
MONDAY = datetime(2026, 3, 2, 10)


class ServiceCommon(TestSaleCommon):
    """A company with a chart, an agent without stock, sales or accounting rights, and a way to deliver and invoice."""

    @classmethod
    def get_default_groups(cls):
        groups = ("crm_service.group_service_manager", "stock.group_stock_manager", "base.group_system")
        return super().get_default_groups() | cls.env.ref(groups[0]) | cls.env.ref(groups[1]) | cls.env.ref(groups[2])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office hours with a break",
                "company_id": cls.company.id,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": stop})
                    for day in range(5)
                    for start, stop in ((8, 12), (13, 17))
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.team = cls.env["crm.service.team"].create(
            {
                "name": "Help",
                "company_id": cls.company.id,
                "alias_name": "help.test",
                "require_content": False,  # on in the tests of the gate itself (test_desk_content.py)
                "breach_cause_rule": "asked",
            }
        )
        cls.policy = cls.env["crm.sla.policy"].create(
            {
                "name": "Promise",
                "company_id": cls.company.id,
                "calendar_id": cls.calendar.id,
                "response_hours": 2,
                "resolution_hours": 8,
            }
        )
        cls.agent = cls._user("agent", "crm_service.group_service_user")
        cls.team.member_ids = cls.agent
        cls.customer = cls.env["res.partner"].create({"name": "Bergmann Glas", "email": "office@bergmann.test"})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anna Berg", "email": "anna@bergmann.test", "parent_id": cls.customer.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Fremd", "email": "other@fremd.test"})
        cls.glass = cls.env["product.product"].create(
            {"name": "Glass", "is_storable": True, "list_price": 12.5, "taxes_id": False, "invoice_policy": "delivery"}
        )
        cls.jug = cls.env["product.product"].create(
            {"name": "Jug", "is_storable": True, "list_price": 40, "taxes_id": False, "invoice_policy": "delivery"}
        )
        cls.dispute = cls.env.ref("crm_service.crm_ticket_category_dispute")
        cls.defect = cls.env.ref("crm_service.crm_ticket_category_defect")

    @classmethod
    def _user(cls, login, groups, company=None, **values):
        company = company or cls.company
        return mail_new_test_user(
            cls.env,
            login=f"{login}.service",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _stage(cls, kind):
        return cls.env["crm.ticket.stage"].search([("kind", "=", kind)], limit=1)

    @classmethod
    def _deliver(cls, partner=None, quantities=((None, 10),), invoice=True):
        """Return a confirmed order that was delivered in full, and invoiced."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": (product or cls.glass).id, "product_uom_qty": quantity})
                    for product, quantity in quantities
                ],
            }
        )
        order.action_confirm()
        for picking in order.picking_ids:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.button_validate()
        if invoice:
            order._create_invoices().action_post()
        return order

    def _ticket(self, user=None, **values):
        values = {"name": "Broken", "team_id": self.team.id, "company_id": self.company.id, **values}
        return self.env["crm.ticket"].with_user(user or self.agent).create(values)

    def _clock(self, ticket, kind):
        return ticket.clock_ids.filtered(lambda clock: clock.kind == kind)
