"""Credit terms hold however the contacts of a customer are put together."""

from odoo.tests import freeze_time, tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditParent(CreditCommon):
    def _mine(self, partner):
        return partner.with_user(self._seller())

    def _seller(self):
        groups = "sales_team.group_sale_salesman,base.group_partner_manager"
        return self.env["res.users"].search([("login", "=", "fin_contact_seller")]) or self._user(
            "fin_contact_seller", groups
        )

    def _controller(self):
        return self._user("fin_contact_controller", "account.group_account_manager,base.group_partner_manager")

    def test_customer_with_terms_stays_its_own(self):
        """R193: a salesperson does not make a customer on credit a contact of one that has no limit; finance may."""
        self._limit(amount=100.0)
        holding, free = self._customer("Holding"), self._customer("Free")
        (self.customer + free).user_id = self._seller()

        def under():
            """Anew each time: Odoo takes out of the values what it has written."""
            return {"is_company": False, "parent_id": holding.id}

        message = self._refused(self._mine(self.customer).write, under())
        self.assertIn(self.customer.name, message)
        self._refused(self._mine(self.customer + free).write, under())
        self.assertEqual(self.customer.commercial_partner_id, self.customer)
        self._mine(free).write(under())
        self._mine(self.customer).write({"parent_id": holding.id})  # still a company that owes by itself
        self._mine(self.customer).write({"parent_id": False, "name": "Renamed"})
        self.customer.with_user(self._controller()).write(under())
        self.assertEqual((self.customer + free).commercial_partner_id, holding)

    def test_stopped_customer_without_limit(self):
        """R193: nor one that is stopped, or has a rule of its own."""
        holding = self._customer("Holding")
        self.customer.user_id = self._seller()
        self._limit(hold_rule="company", stop="all")
        self._refused(self._mine(self.customer).write, {"is_company": False, "parent_id": holding.id})

    def test_stopped_customer_is_billed_elsewhere(self):
        """R193: a stop holds what the customer orders and gets whoever is invoiced, until that is released."""
        payer = self._customer("Payer")
        order, second = (self._goods((1.0, 10.0), partner_invoice_id=payer.id) for _number in range(2))
        terms = self._limit(stop="all", stop_reason="Cheque bounced")
        quotation = self._order(10.0, partner_invoice_id=payer.id)
        self.assertEqual(quotation.with_user(self.salesman).credit_state, "stop")
        message = self._refused(quotation.with_user(self.salesman).action_confirm)
        self.assertIn("Cheque bounced", message)
        self.assertIn(self.customer.name, message)
        self._refused(self._ship, order)
        for released in (quotation, order):
            self._release(released)
        quotation.with_user(self.salesman).action_confirm()
        self._ship(order)
        self._refused(self._ship, second)
        terms.stop = "orders"
        self._ship(second)
        self._refused(self._order(10.0, partner_invoice_id=payer.id).action_confirm)

    def test_contact_with_open_orders_stays(self):
        """R193: an order does not leave the exposure with its invoice contact; a contact without orders may go."""
        self._limit(amount=1000.0)
        person, other = (
            self.env["res.partner"].create({"name": name, "parent_id": self.customer.id, "user_id": self._seller().id})
            for name in ("Invoices", "Other")
        )
        self._goods((10.0, 10.0), partner_invoice_id=person.id)
        message = self._refused(self._mine(person).write, {"parent_id": False})
        self.assertIn(self.customer.name, message)
        self.assertEqual(self._row()["exposure"], 100.0)
        self._mine(other).write({"parent_id": False})
        person.with_user(self._controller()).write({"parent_id": False})
        self.assertEqual(self._row()["exposure"], 0.0)
