import json

from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestPortalConsent(HttpCase):
    """A customer keeps own data and consents in the portal; the ledger keeps every decision."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.env.company.id, "company_ids": [Command.set(cls.env.company.ids)]}
        groups = "base.group_user,sales_team.group_sale_salesman"
        cls.seller = new_test_user(cls.env, "consent_seller", groups, name="Seller", **company)
        cls.other_seller = new_test_user(cls.env, "consent_other", groups, name="Other", **company)
        us = cls.env.ref("base.us")
        cls.customer, cls.stranger = cls.env["res.partner"].create(
            [
                {
                    "name": "Consent Ltd",
                    "is_company": True,
                    "user_id": cls.seller.id,
                    "street": "Old Road 1",
                    "city": "Boston",
                    "zip": "02101",
                    "state_id": cls.env.ref("base.state_us_22").id,
                    "country_id": us.id,
                },
                {"name": "Stranger", "email": "stranger@consent.test", "user_id": cls.other_seller.id},
            ]
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Con Sent",
                "parent_id": cls.customer.id,
                "email": "con@consent.test",
                "phone": "+1 202-555-0100",
                "country_id": us.id,
            }
        )
        cls.user = new_test_user(
            cls.env, "portal_con", "base.group_portal", partner_id=cls.person.id, email="con@consent.test", **company
        )

    def setUp(self):
        super().setUp()
        self.authenticate("portal_con", "portal_con")

    def post(self, token=True, **answers):
        form = {"csrf_token": http.Request.csrf_token(self)} if token else {}
        return self.url_open("/my/consents", data=form | answers)

    def rows(self, partner=None):
        return self.env["crm.consent"].search([("partner_id", "=", (partner or self.person).id)], order="id")

    def test_own_data_and_consents(self):
        """R232: own phone at once, e-mail after approval, consents at once and back at once; each change is logged."""
        # Own contact data: the number is changed and logged, the sensitive mail address waits.
        person = self.person
        form = {
            "partner_id": person.id,
            "name": person.name,
            "email": "boss@consent.test",
            "phone": "202 555 0177",
            "street": person.street,
            "city": person.city,
            "zip": person.zip,
            "state_id": person.state_id.id,
            "country_id": person.country_id.id,
            "company_name": self.customer.name,
            "csrf_token": http.Request.csrf_token(self),
        }
        answer = self.url_open("/my/address/submit", data=form)
        self.assertIn("redirectUrl", json.loads(answer.text))
        self.assertEqual((person.phone, person.email), ("+1 202-555-0177", "con@consent.test"))
        change = self.env["crm.partner.change"].search([("partner_id", "=", person.id), ("topic", "=", "phone")])
        self.assertEqual((change[:1].old_value, change[:1].author_id), ("+1 202-555-0100", person))
        waiting = self.env["crm.partner.request"].search([("partner_id", "=", person.id)])
        self.assertEqual((waiting.field_name, waiting.state), ("email", "waiting"))
        # Consents: seen, given, and in the ledger with source, text and author.
        page = self.url_open("/my/consents").text
        self.assertIn("Not decided yet", page)
        self.assertIn("Offers and news", page)
        self.assertIn("Saved", self.post(**{"marketing-email": "yes", "marketing-call": "no"}).text)
        self.assertRecordValues(
            self.rows(),
            [
                {
                    "purpose": "marketing",
                    "channel": "email",
                    "state": "given",
                    "source": "portal",
                    "address": "con@consent.test",
                    "text_version": "1",
                    "user_id": self.user.id,
                    "is_current": True,
                    "withdrawn_date": False,
                },
                {
                    "purpose": "marketing",
                    "channel": "call",
                    "state": "refused",
                    "source": "portal",
                    "address": "+12025550177",
                    "text_version": "1",
                    "user_id": self.user.id,
                    "is_current": True,
                    "withdrawn_date": self.rows()[1].date,
                },
            ],
        )
        self.assertTrue(self.rows()[0].proof)
        # The same answers again change nothing; a withdrawal waits for nobody.
        self.assertIn("Nothing has changed", self.post(**{"marketing-email": "yes", "marketing-call": "no"}).text)
        self.assertEqual(len(self.rows()), 2)
        self.post(**{"marketing-email": "no", "marketing-call": "no"})
        given, _call, withdrawn = self.rows()
        self.assertEqual((withdrawn.state, withdrawn.is_current), ("withdrawn", True))
        self.assertEqual((given.is_current, given.withdrawn_date), (False, withdrawn.date))
        self.assertIn("Withdrawn", self.url_open("/my/consents").text)
        # The colleague in charge sees both, and decides what waits.
        self.assertEqual(self.rows().with_user(self.seller).mapped("state"), ["given", "refused", "withdrawn"])
        self.assertEqual(person.with_user(self.seller).crm_consent_count, 2)
        waiting.with_user(self.seller).action_apply()
        self.assertEqual(person.email, "boss@consent.test")

    def test_foreign_contact_and_forged_posts_are_refused(self):
        """R232: no other contact's consents, no post without token, nothing but yes and no."""
        self.assertEqual(self.post(partner_id=self.stranger.id, **{"marketing-email": "no"}).status_code, 403)
        with mute_logger("odoo.http"):
            self.assertEqual(self.post(token=False, **{"marketing-email": "no"}).status_code, 400)
        self.assertFalse(self.rows() | self.rows(self.stranger))
        self.post(partner_id=self.person.id, **{"marketing-email": "maybe", "evil-email": "no", "marketing-fax": "no"})
        self.assertFalse(self.rows())
        theirs = self.env["crm.consent"].create({"partner_id": self.stranger.id, "state": "refused"})
        mine = self.env["crm.consent"].create({"partner_id": self.person.id, "state": "given"})
        ledger = self.env["crm.consent"].with_user(self.user)
        self.assertEqual(ledger.search([]), mine)
        with self.assertRaises(AccessError):
            theirs.with_user(self.user).read(["state"])
        with self.assertRaises(AccessError):
            ledger.create({"partner_id": self.person.id, "state": "withdrawn"})

    def test_ledger_is_append_only(self):
        """R232: a decision is neither changed nor deleted; an older one entered later does not win."""
        ledger = self.env["crm.consent"].with_user(self.seller)
        row = ledger.create({"partner_id": self.person.id, "channel": "email", "is_current": False, "proof": "forged"})
        self.assertEqual((row.is_current, row.proof, row.user_id), (True, False, self.seller))
        with self.assertRaises(UserError):
            row.write({"state": "refused"})
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaisesRegex(UserError, "stays in the ledger"):
            row.sudo().write({"state": "refused"})
        with self.assertRaisesRegex(UserError, "Nothing is deleted"):
            row.sudo().unlink()
        old = ledger.create({"partner_id": self.person.id, "state": "refused", "date": "2020-01-01 10:00:00"})
        self.assertEqual((row.is_current, old.is_current), (True, False))
        withdrawn = row.action_withdraw()
        self.assertEqual((withdrawn.state, row.is_current), ("withdrawn", False))
        with self.assertRaisesRegex(UserError, "nothing to withdraw"):
            row.action_withdraw()
        text = row.text_id
        with self.assertRaisesRegex(UserError, "new version"):
            text.body = "Something else"
        newer = self.env["crm.consent.text"].create({"purpose": "marketing", "body": "New words"})
        self.assertEqual(newer.version, text.version + 1)
        again = ledger.create({"partner_id": self.person.id})
        self.assertEqual((again.text_id, row.text_version), (newer, str(text.version)))
        # Another salesperson's customer stays closed.
        with self.assertRaises(AccessError):
            ledger.with_user(self.other_seller).create({"partner_id": self.person.id})
        self.assertFalse(ledger.with_user(self.other_seller).search([("partner_id", "=", self.person.id)]))
        # The address outlives the contact.
        ghost = self.env["res.partner"].create({"name": "Ghost", "email": "ghost@consent.test"})
        refusal = self.env["crm.consent"].create({"partner_id": ghost.id, "state": "refused"})
        ghost.unlink()
        self.assertEqual((refusal.address, refusal.is_current), ("ghost@consent.test", True))

    def test_merge_keeps_the_strictest(self):
        """R232: two contacts become one: the refusal of either counts, whoever decided last; both stay logged."""
        twin = self.env["res.partner"].create({"name": "Con Twin", "email": "con@consent.test"})
        refused = self.env["crm.consent"].create(
            {"partner_id": twin.id, "state": "refused", "date": "2026-01-01 10:00:00"}
        )
        given = self.env["crm.consent"].create({"partner_id": self.person.id, "state": "given"})
        call = self.env["crm.consent"].create({"partner_id": twin.id, "state": "given", "channel": "call"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([twin.id, self.person.id], self.person)
        self.assertEqual((refused | given | call).partner_id, self.person)
        self.assertEqual([row.is_current for row in (refused, given, call)], [True, False, True])
