from odoo import fields
from odoo.tests import tagged

from .consent_common import ConsentCase


@tagged("post_install", "-at_install")
class TestConsentQuery(ConsentCase):
    """Who may be contacted: the answer that every sending asks for."""

    def test_decision_by_channel_and_purpose(self):
        """A refusal holds for its channel and purpose, the company's for its people, an address for its sharers."""
        self.decide(self.anna, "refused")
        self.decide(self.ben, "given")
        self.decide(self.ben, "withdrawn")
        self.assertEqual(self.excluded(), {"Anna": "refused", "Ben": "withdrawn"})
        self.assertEqual(self.excluded("call"), {})
        self.assertEqual(self.excluded("email", "event"), {})
        self.decide(self.ben, "given")
        self.assertEqual(self.excluded(), {"Anna": "refused"})
        # Everybody of a company that refused, everybody with the address that refused.
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True, "email": "firm@people.test"})
        self.carl.parent_id = firm
        self.decide(firm, "refused")
        twin = self.env["res.partner"].create({"name": "Twin", "email": "ANNA@people.test"})
        self.assertEqual(
            self.excluded(people=self.people | twin), {"Anna": "refused", "Carl": "refused", "Twin": "refused"}
        )
        may = (self.anna | self.dora).with_user(self.marketer)._crm_may_contact("email")
        self.assertEqual(may, {self.anna.id: (False, "Contact refused"), self.dora.id: (True, "")})

    def test_blacklist_address_expiry_and_rule(self):
        """Odoo's blacklists, a missing address, an expired agreement and the opt-in rule exclude, with the reason."""
        self.env["mail.blacklist"].sudo().create({"email": "anna@people.test"})
        self.env["phone.blacklist"].sudo().create({"number": self.anna.phone_sanitized})
        self.dora.write({"email": False, "phone": False})
        self.company.crm_consent_months = 12
        agreed = self.decide(self.carl, "given", date="2026-01-10 08:00:00")
        self.assertEqual(agreed.expiry_date, fields.Date.to_date("2027-01-10"))
        day = fields.Date.to_date("2027-01-10")
        self.assertEqual(set(self.excluded(today=day)), {"Anna", "Dora"})
        self.assertEqual(set(self.excluded("sms", today=day)), {"Anna", "Dora"})
        later = fields.Date.add(day, days=1)
        self.assertEqual(self.excluded(today=later)["Carl"], "expired")
        self.assertNotIn("Ben", self.excluded(today=later))
        self.company.crm_consent_rule = "consent"
        self.assertEqual(self.excluded(today=day)["Ben"], "no_consent")
        self.assertNotIn("Carl", self.excluded(today=day))

    def test_timeline(self):
        """R165: each decision stands in the timeline of the customer, in words."""
        self.anna.user_id = self.seller
        self.decide(self.anna, "given", date="2026-02-01 10:00:00")
        self.decide(self.anna, "withdrawn", date="2026-03-01 10:00:00")
        self.env.flush_all()
        events = (
            self.env["crm.customer.event"]
            .with_user(self.seller)
            .search([("partner_id", "=", self.anna.id), ("kind", "in", ("consent", "refusal"))], order="date")
        )
        self.assertEqual(events.mapped("kind"), ["consent", "refusal"])
        self.assertEqual(set(events.mapped("name")), {"Offers and news, E-mail"})

    def test_addresses_and_query_count(self):
        """Addresses without a contact count as well; asking costs the same for 10 and for 100 people."""
        self.decide(self.anna, "refused")
        self.ledger.create({"address": "nobody@people.test", "state": "refused", "source": "link"})
        asked = ["anna@people.test", "nobody@people.test", "ben@people.test"]
        self.assertEqual(
            self.ledger._refused_addresses("email", "marketing", asked),
            {"anna@people.test": "refused", "nobody@people.test": "refused"},
        )
        self.company.crm_consent_rule = "consent"
        self.decide(self.ben, "given")
        self.ben.email = "ben@new.test"
        asked = ["ben@new.test", "who@people.test"]
        self.assertEqual(self.ledger._refused_addresses("email", "marketing", asked), {"who@people.test": "no_consent"})
        many = self.env["res.partner"].create([{"name": f"P{n}", "email": f"p{n}@people.test"} for n in range(100)])
        self.env.flush_all()
        for some in (many[:10], many):
            with self.assertQueryCount(1):
                some._crm_may_contact("email")
