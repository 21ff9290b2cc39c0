from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .consent_common import ConsentCase

PRIVATE = {"crm_birthdate", "crm_income", "crm_personality"}


@tagged("post_install", "-at_install")
class TestNeedToKnow(ConsentCase, HttpCase):
    """Not everyone sees everything of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "consent_clerk", "base.group_user")
        cls.anna.write({"user_id": cls.seller.id, "crm_birthdate": "1980-05-05", "crm_personality": "Likes tea"})
        cls.decide(cls.anna, "refused")

    def shown(self, user):
        """Fields of the customer's form as the user gets it."""
        partners = self.env["res.partner"].with_user(user)
        return set(partners.get_views([(False, "form")])["models"]["res.partner"]["fields"])

    def call(self, method, *args, **kwargs):
        params = {"model": "res.partner", "method": method, "args": args, "kwargs": kwargs}
        return self.make_jsonrpc_request(f"/web/dataset/call_kw/res.partner/{method}", params)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_fields_by_role(self):
        """R208: salesperson and marketer open one customer and see different fields; an API read of the rest fails."""
        seller, marketer = self.shown(self.seller), self.shown(self.marketer)
        self.assertLessEqual({*PRIVATE, "crm_consent_ids"}, seller)
        self.assertFalse(PRIVATE & marketer)
        self.assertLessEqual({"crm_consent_ids", "crm_email_refusal"}, marketer)
        self.assertFalse((PRIVATE | {"crm_consent_ids", "crm_email_refusal"}) & self.shown(self.clerk))
        # Through the API: each reads what the own form shows, and no more, in no way.
        self.authenticate("consent_sal", "consent_sal")
        self.assertEqual(self.call("read", self.anna.ids, ["crm_personality"])[0]["crm_personality"], "Likes tea")
        for login, fields in (
            ("consent_marketer", sorted(PRIVATE)),
            ("consent_clerk", [*sorted(PRIVATE), "crm_consent_ids", "crm_email_refusal"]),
        ):
            self.authenticate(login, login)
            self.assertEqual(self.call("read", self.anna.ids, ["name"])[0]["name"], "Anna")
            for field in fields:
                with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                    self.call("read", self.anna.ids, [field])
            with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                self.call("search_count", [("crm_personality", "ilike", "tea")])
            with self.assertRaisesRegex(JsonRpcException, "AccessError"):
                self.call("write", self.anna.ids, {"crm_personality": "Likes coffee"})

    def test_consents_of_others(self):
        """R208: a marketer reads every consent, a salesperson those of own customers, others none."""
        self.ben.user_id = self.manager
        theirs = self.decide(self.ben, "given")
        ledger = self.env["crm.consent"]
        self.assertEqual(ledger.with_user(self.marketer).search([("partner_id", "=", self.ben.id)]), theirs)
        self.assertFalse(ledger.with_user(self.seller).search([("partner_id", "=", self.ben.id)]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.seller).read(["state"])
        with self.assertRaises(AccessError):
            ledger.with_user(self.clerk).search([])
