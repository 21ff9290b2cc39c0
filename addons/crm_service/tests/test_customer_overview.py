from odoo.tests import new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCustomerOverview(ServiceCommon):
    def test_open_tickets_in_the_list_of_customers(self):
        """R008.1: the list shows class, last order, open quotations, balance and open tickets to a salesperson."""
        seller = new_test_user(
            self.env,
            "overview_seller",
            "base.group_user,sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.customer.user_id = seller
        tickets = self.env["crm.ticket"].create(
            [{"name": name, "partner_id": self.contact.id, "team_id": self.team.id} for name in ("One", "Two", "Three")]
        )
        tickets[0]._move_to("solved")
        self.env["sale.order"].create({"partner_id": self.contact.id, "user_id": seller.id})
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "user_id": seller.id})
        order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        people = self.env["res.partner"].with_user(seller)
        view = self.env.ref("crm_custom.res_partner_view_list_overview")
        names = people.get_view(view.id, "list")["models"]["res.partner"]
        wanted = ("customer_class", "crm_last_order_date", "crm_quotation_count", "crm_open_amount")
        for name in (*wanted, "crm_ticket_open_count"):
            self.assertIn(name, names)
        row, other = people.browse((self.customer | self.stranger).ids).read([*wanted, "crm_ticket_open_count"])
        self.assertEqual((row["crm_ticket_open_count"], other["crm_ticket_open_count"]), (2, 0))
        self.assertEqual((row["crm_quotation_count"], row["crm_last_order_date"]), (1, order.date_order))
