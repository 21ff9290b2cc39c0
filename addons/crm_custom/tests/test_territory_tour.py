"""A salesperson in Chromium: a new customer belongs to its territory at once."""

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTerritoryTour(HttpCase):
    def test_new_customer_is_assigned_in_the_client(self):
        """R033: entered by a salesperson, the customer goes to the owner of the territory of its postcode."""
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        owner = new_test_user(self.env, "crm_land_owner", groups, name="Olga Owner")
        seller = new_test_user(self.env, "crm_land_seller", groups, name="Sam Seller")
        self.env["crm.territory"].search([]).active = False
        land = self.env["crm.territory"].create(
            {
                "name": "Tour South",
                "user_id": owner.id,
                "rule_ids": [(0, 0, {"country_id": self.env.ref("base.de").id, "zip_from": "80", "zip_to": "82"})],
            }
        )
        self.start_tour("/odoo/contacts/new", "crm_custom_territory", login=seller.login)
        customer = self.env["res.partner"].search([("name", "=", "Tourmarkt am Fluss")])
        self.assertEqual((customer.territory_id, customer.user_id, customer.create_uid), (land, owner, seller))
