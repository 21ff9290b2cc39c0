import json

from odoo import Command, http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPortalContact(HttpCase):
    """A customer keeps the own contact data in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env.ref("base.us")
        company = {"company_id": cls.env.company.id, "company_ids": [Command.set(cls.env.company.ids)]}
        groups = "base.group_user,sales_team.group_sale_salesman"
        cls.seller = new_test_user(cls.env, "portal_seller", groups, name="Seller", **company)
        cls.other = new_test_user(cls.env, "portal_other", groups, name="Other", **company)
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Porter Ltd",
                "is_company": True,
                "user_id": cls.seller.id,
                "street": "Old Road 1",
                "city": "Boston",
                "zip": "02101",
                "state_id": cls.env.ref("base.state_us_22").id,
                "country_id": cls.country.id,
            }
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Pat Porter", "parent_id": cls.customer.id, "email": "pat@porter.test", "phone": "+1 202-555-0100"}
        )
        cls.user = new_test_user(
            cls.env, "portal_pat", "base.group_portal", partner_id=cls.person.id, email="pat@porter.test", **company
        )

    def submit(self, **changes):
        """Post the form of /my/account as the customer sees it, with changes."""
        person = self.person
        form = {
            "partner_id": person.id,
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "street": person.street,
            "city": person.city,
            "zip": person.zip,
            "state_id": person.state_id.id,
            "country_id": person.country_id.id,
            "company_name": person.commercial_partner_id.name,
            "csrf_token": http.Request.csrf_token(self),
        }
        answer = self.url_open("/my/address/submit", data=form | changes)
        answer.raise_for_status()
        return json.loads(answer.text)

    def test_own_data_with_approval_of_what_is_sensitive(self):
        """The customer edits phone and street at once; the e-mail waits, is shown, applied by the own salesperson."""
        self.authenticate("portal_pat", "portal_pat")
        feedback = self.submit(phone="202 555 0177", street="New Road 2", email="boss@porter.test")
        self.assertIn("redirectUrl", feedback)
        self.assertEqual((self.person.phone, self.person.street), ("+1 202-555-0177", "New Road 2"))
        self.assertEqual(self.person.email, "pat@porter.test")
        request = self.env["crm.partner.request"].search([("partner_id", "=", self.person.id)])
        self.assertRecordValues(
            request,
            [
                {
                    "field_name": "email",
                    "old_value": "pat@porter.test",
                    "new_value": "boss@porter.test",
                    "state": "waiting",
                    "user_id": self.user.id,
                }
            ],
        )
        self.assertIn("boss@porter.test", self.url_open("/my/account").text)
        self.assertEqual(self.person.activity_ids.user_id, self.seller)
        log = self.env["crm.partner.change"].search([("partner_id", "=", self.person.id), ("topic", "=", "phone")])
        self.assertEqual((log[:1].old_value, log[:1].author_id), ("+1 202-555-0100", self.person))
        mine = self.env["crm.partner.request"].with_user(self.seller)
        self.assertFalse(mine.with_user(self.other).search([("id", "=", request.id)]))
        request.with_user(self.seller).action_apply()
        self.assertEqual(self.person.email, "boss@porter.test")
        self.assertEqual((request.state, request.decided_by_id), ("applied", self.seller))
        with self.assertRaisesRegex(UserError, "decided already"):
            request.with_user(self.seller).action_refuse()

    def test_newer_wish_replaces_older_and_no_blind_overwrite(self):
        """A second wish replaces the first; what a colleague changed meanwhile is not overwritten."""
        requests = self.env["crm.partner.request"]
        first = requests._ask(self.person, self.user, {"name": "Patty Porter"})
        second = requests._ask(self.person, self.user, {"name": "Patricia Porter", "company_name": "Porter Inc"})
        self.assertEqual(first.state, "replaced")
        name, company = second.with_user(self.seller)
        self.person.name = "Pat P."
        with self.assertRaisesRegex(UserError, "has changed since: it says Pat P."):
            name.action_apply()
        name.action_refuse()
        company.action_apply()
        self.assertEqual(self.customer.name, "Porter Inc")
        self.assertFalse(self.person._crm_sensitive_changes({"name": "Pat P.", "phone": "1"}))
