from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install", "is_tour")
class TestProfileTour(HttpCase):
    def test_card_contact_and_profile_in_the_client(self):
        """R001, R014: a salesperson enters a card with two people, logs a call and fills the profile by hand."""
        self.env.company.country_id = self.env.ref("base.us")
        seller = new_test_user(
            self.env,
            "profile_seller",
            "base.group_user,sales_team.group_sale_salesman",
            name="Seller",
            company_id=self.env.company.id,
            company_ids=[Command.set(self.env.company.ids)],
        )
        self.start_tour("/odoo/customers-overview", "crm_custom_profile", login="profile_seller", timeout=180)
        company = self.env["res.partner"].search([("name", "=", "Tour Timber")])
        self.assertEqual(company.child_ids.sorted("name").mapped("phone"), ["+1 202-555-0144", "+1 202-555-0145"])
        self.assertEqual((company.user_id, company.crm_founded), (seller, 1987))
        self.assertEqual(company.crm_values, "Delivery on time")
        log = self.env["crm.contact.log"].search([("partner_id", "=", company.id)])
        self.assertEqual(
            (log.subject, log.next_step, log.user_id), ("Wants a price list", "Send the price list", seller)
        )
        self.assertEqual(company.crm_last_contact, log.date)
