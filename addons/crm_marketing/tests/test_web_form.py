import re

from odoo import Command, fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import hmac, mute_logger


@tagged("post_install", "-at_install")
class TestWebForm(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "form_marketer", "mass_mailing.group_mass_mailing_user")
        cls.seller = new_test_user(cls.env, "form_seller", "sales_team.group_sale_salesman")
        cls.campaign = cls.env["utm.campaign"].create({"title": "Form Spring"})
        cls.source = cls.env["utm.source"].create({"name": "Trade journal"})
        country = cls.env.ref("base.lu")
        cls.territory = cls.env["crm.territory"].create(
            {
                "name": "Luxembourg",
                "user_id": cls.seller.id,
                "rule_ids": [Command.create({"country_id": country.id})],
            }
        )
        cls.form = (
            cls.env["crm.web.form"]
            .with_user(cls.marketer)
            .create({"name": "Ask for a visit", "campaign_id": cls.campaign.id, "source_id": cls.source.id})
        )
        cls.form.action_publish()
        cls.text = cls.env["crm.consent.text"].create({"purpose": "marketing", "body": "Send me news."})

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _send(self, form=None, token=None, age=30, **data):
        form = form or self.form
        opened = int(fields.Datetime.now().timestamp()) - age
        values = {
            "csrf_token": http.Request.csrf_token(self),
            "opened": opened,
            "seal": hmac(self.env(su=True), "crm_web_form_page", (form.id, str(opened))),
            "name": "Ann Lee",
            "email": "ann@guest.org",
            "phone": "+352 20 20 20",
            "company": "Lee Ltd",
            "country": "LU",
            "zip": "1010",
            "message": "Please call me.",
            **data,
        }
        response = self.url_open(f"/crm/form/{token or form.access_token}/send", data=values)
        self.env.invalidate_all()
        return response

    def _entries(self):
        return self.form.sudo().entry_ids

    def test_submission_makes_lead_consent_source_and_touch(self):
        """R163: a submission is a lead of the territory's salesperson with campaign and source, consent and touch."""
        page = self.url_open(f"/crm/form/{self.form.access_token}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Send me news.", page.text)
        self.assertEqual(self._send(agreed="1").status_code, 200)
        entry = self._entries()
        lead = entry.lead_id
        self.assertEqual((lead.campaign_id, lead.source_id), (self.campaign, self.source))
        self.assertEqual((lead.email_from, lead.partner_name, lead.zip), ("ann@guest.org", "Lee Ltd", "1010"))
        self.assertEqual((lead.territory_id, lead.user_id), (self.territory, self.seller))
        consents = self.env["crm.consent"].search([("address", "=", "ann@guest.org")])
        self.assertEqual((consents.channel, consents.state, consents.source), ("email", "given", "form"))
        self.assertEqual(consents.text_id, self.text)
        self.assertIn("127.0.0.1", consents.proof)
        touch = self.env["crm.touch"].search([("res_model", "=", "crm.web.form.entry"), ("res_id", "=", entry.id)])
        self.assertEqual((touch.kind, touch.campaign_id, touch.opportunity_id), ("form", self.campaign, lead))

    def test_no_consent_without_the_tick(self):
        """R163: who does not agree gives no consent."""
        self._send()
        self.assertTrue(self._entries().lead_id)
        self.assertFalse(self.env["crm.consent"].search([("address", "=", "ann@guest.org")]))

    def test_a_form_does_not_overrule_a_refusal(self):
        """R163: anybody can type an address: who refused before stays refused, the salesperson is told to ask."""
        partner = self.env["res.partner"].create({"name": "Ann", "email": "ann@guest.org"})
        self.env["crm.consent"].create({"partner_id": partner.id, "state": "refused", "channel": "email"})
        self._send(agreed="1", phone="")
        current = self.env["crm.consent"].search([("partner_id", "=", partner.id), ("is_current", "=", True)])
        self.assertEqual(current.mapped("state"), ["refused"])
        self.assertIn("refused earlier", self._entries().lead_id.message_ids[0].body)

    def test_an_order_from_the_portal_links_to_the_lead(self):
        """R163: the order that the customer makes in the portal carries lead, campaign and source of the form."""
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_company": True, "email": "ann@guest.org"})
        self._send()
        lead = self._entries().lead_id
        orders = self.env["sale.order"].with_context(default_user_id=False)
        cart = orders._shop_cart(self.env.company, dealer, create=True)
        self.assertEqual((cart.opportunity_id, cart.campaign_id, cart.source_id), (lead, self.campaign, self.source))
        self.assertEqual(lead.partner_id, dealer)
        other = self.env["res.partner"].create({"name": "Other", "email": "other@guest.org"})
        self.assertFalse(orders._shop_cart(self.env.company, other, create=True).opportunity_id)
        signed = orders.create({"partner_id": dealer.id, "signed_on": fields.Datetime.now(), "signed_by": "Ann"})
        signed.action_confirm()
        self.assertEqual(signed.opportunity_id, lead)
        self.assertEqual(self.form.order_count, 1)
        office = orders.create({"partner_id": dealer.id})
        office.action_confirm()
        self.assertFalse(office.opportunity_id, "an order that the office enters is not the form's")

    def test_machines_get_thanks_and_leave_nothing(self):
        """R163: the hidden field, or a page sent within a second, is answered like any other and makes no lead."""
        answer = self._send().text
        for data in ({"website": "http://spam.example"}, {"age": 0}):
            response = self._send(email="bot@spam.org", **data)
            token = r'csrf_token: "[^"]*"'
            self.assertEqual(re.sub(token, "", response.text), re.sub(token, "", answer))
        machines = self._entries().filtered(lambda entry: entry.state == "machine")
        self.assertEqual(
            (len(machines), machines.lead_id, machines.mapped("email")), (2, machines.lead_id, [False] * 2)
        )
        self.assertFalse(self.env["crm.lead"].search([("email_from", "=", "bot@spam.org")]))

    def test_bad_input_is_refused_in_words(self):
        """R163: missing, wrong and too long fields, an unknown country, a forged or old page."""
        for data in (
            {"name": ""},
            {"email": "ann@guest"},
            {"email": "ann@guest.org\nBcc: all@x.org"},
            {"phone": "<script>"},
            {"message": "x" * 5000},
            {"country": "Ruritania"},
            {"seal": "forged"},
            {"opened": "-1"},
            {"opened": "9" * 400},
            {"age": 3 * 24 * 3600},
        ):
            response = self._send(**data)
            self.assertEqual(response.status_code, 400, data)
        self.assertFalse(self._entries())
        page = self._send(name="<script>alert(1)</script>", email="no")
        self.assertNotIn("<script>alert(1)", page.text)

    @mute_logger("odoo.http")
    def test_too_large_and_without_a_token_of_ours(self):
        """R163: a body over the limit and a post without the session's token are refused."""
        self.assertEqual(self._send(rubbish="x" * 100_000).status_code, 413)
        self.assertEqual(self._send(csrf_token="").status_code, 400)
        self.assertFalse(self._entries())

    def test_one_visitor_sends_five_times_in_ten_minutes(self):
        """R163: the sixth submission of one address within ten minutes waits."""
        codes = [self._send(email=f"guest{number}@x.org").status_code for number in range(6)]
        self.assertEqual(codes, [200] * 5 + [429])
        self.assertEqual(len(self._entries()), 5)
        self.env.cr.execute("UPDATE crm_web_form_entry SET date = date - INTERVAL '11 minutes'")
        self.assertEqual(self._send().status_code, 200)

    def test_the_same_again_makes_no_second_lead(self):
        """R163: sent twice it is one lead; another message goes to the open lead."""
        self._send()
        self._send()
        self._send(message="And a price list, please.")
        self.assertEqual(sorted(self._entries().mapped("state")), ["duplicate", "known", "lead"])
        lead = self._entries().lead_id
        self.assertEqual(len(lead), 1)
        self.assertIn("price list", lead.message_ids[0].body)

    def test_what_is_not_published_is_not_there(self):
        """R163: unknown keys and forms taken down answer alike."""
        self.form.action_unpublish()
        for token in (self.form.access_token, "x" * 32, "1", "%27%20OR%201=1"):
            self.assertEqual(self.url_open(f"/crm/form/{token}").status_code, 404)
        self.assertEqual(self._send().status_code, 404)

    def test_visitors_make_no_campaign(self):
        """R163: campaign and source of the visitor's link are found, not made; the form's own come first."""
        self.form.write({"campaign_id": False, "source_id": False})
        campaigns = self.env["utm.campaign"].with_context(active_test=False)
        count = campaigns.search_count([])
        self.opener.cookies["odoo_utm_campaign"] = "Made by a visitor"
        self._send()
        self.assertFalse(self._entries().lead_id.campaign_id)
        self.assertEqual(campaigns.search_count([]), count)
        self.opener.cookies["odoo_utm_campaign"] = self.campaign.name
        self._send(email="second@guest.org")
        self.assertEqual(self._entries().lead_id.campaign_id, self.campaign)

    def test_who_reads_submissions(self):
        """R163: submissions are the marketers' of the company; a salesperson sees the lead."""
        self._send()
        entry = self._entries()
        self.assertEqual(entry.with_user(self.marketer).email, "ann@guest.org")
        with self.assertRaises(AccessError):
            entry.with_user(self.marketer).read(["address_hash"])
        with self.assertRaises(AccessError):
            entry.with_user(self.seller).read(["email"])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "form_stranger", "mass_mailing.group_mass_mailing_user", company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["crm.web.form.entry"].with_user(stranger).search([]))
        self.assertFalse(self.env["crm.web.form"].with_user(stranger).search([]))
