import io

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .consent_common import ConsentCase


@tagged("post_install", "-at_install")
class TestConsentPrivacy(ConsentCase, HttpCase):
    """What is kept on one person, taken home or erased."""

    def cells(self, content):
        import openpyxl

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]

    def test_export(self):
        """R165: the record of one person with every consent, exported by a manager and by the person in the portal."""
        self.anna.write({"comment": "=1+1", "crm_occupation": "Baker"})
        self.decide(self.anna, "given")
        self.env["crm.contact.log"].create({"partner_id": self.anna.id, "subject": "Asked for tea"})
        action = self.anna.with_user(self.manager).action_crm_privacy_export()
        asked = self.env["crm.privacy.request"].with_user(self.manager).browse(action["res_id"])
        asked.action_do()
        cells = self.cells(asked.attachment_id.raw)
        for text in ("Baker", "=1+1", "anna@people.test", "Offers and news / E-mail / Agreed"):
            self.assertTrue(any(text in cell for cell in cells), text)
        self.assertIn("Asked for tea", cells)
        with self.assertRaisesRegex(UserError, "answered already"):
            asked.action_do()
        with self.assertRaises(AccessError):
            self.anna.with_user(self.marketer).action_crm_privacy_export()
        # In the portal: the own data only.
        new_test_user(
            self.env, "portal_anna", "base.group_portal", partner_id=self.anna.id, name="Anna", email="anna@people.test"
        )
        self.authenticate("portal_anna", "portal_anna")
        token = {"csrf_token": http.Request.csrf_token(self)}
        cells = self.cells(self.url_open("/my/consents/data", data=token | {"partner_id": self.ben.id}).content)
        self.assertIn("anna@people.test", cells)
        self.assertNotIn("ben@people.test", cells)
        self.assertIn("We have your request", self.url_open("/my/consents/forget", data=token).text)
        waiting = self.env["crm.privacy.request"].search([("partner_id", "=", self.anna.id), ("state", "=", "asked")])
        self.assertEqual((waiting.kind, waiting.source), ("erase", "portal"))

    def test_erase(self):
        """R165: an erased person keeps no name, address or note; the refusal stays and stops the address."""
        self.anna.write({"comment": "Likes tea", "street": "Road 1"})
        self.anna.message_post(body="Called her at home")
        self.decide(self.anna, "given", note="Signed at the fair")
        lead = self.env["crm.lead"].create({"name": "Tea", "partner_id": self.anna.id, "type": "opportunity"})
        log = self.env["crm.contact.log"].create({"partner_id": self.anna.id, "subject": "Asked for tea"})
        contact = self.env["mailing.contact"].create({"name": "Anna", "email": "anna@people.test"})
        user = new_test_user(
            self.env, "portal_anna", "base.group_portal", partner_id=self.anna.id, name="Anna", email="new@people.test"
        )
        order = self.env["sale.order"].create({"partner_id": self.anna.id})
        order.order_line = [(0, 0, {"product_id": self.env["product.product"].create({"name": "Tea"}).id})]
        order.action_confirm()
        order.order_line.qty_delivered_method = "manual"
        order.order_line.qty_delivered = 1
        self.env.flush_all()
        action = self.anna.with_user(self.manager).action_crm_privacy_erase()
        asked = self.env["crm.privacy.request"].with_user(self.manager).browse(action["res_id"])
        if order.invoice_status == "to invoice":
            with self.assertRaisesRegex(UserError, "settle them first"):
                asked.action_do()
        order._action_cancel()
        asked.action_do()
        self.assertEqual(asked.state, "done")
        self.assertFalse(self.anna.active or self.anna.email or self.anna.phone or self.anna.street)
        self.assertEqual(self.anna.name, f"Erased contact {self.anna.id}")
        self.assertEqual(asked.name, self.anna.name)
        self.assertFalse(self.anna.message_ids.filtered(lambda one: "Called her" in (one.body or "")))
        self.assertFalse(lead.email_from or lead.partner_id or contact.exists() or user.active)
        self.assertEqual(log.subject, "Erased")
        self.assertIn("list of those who refuse", asked.report)
        stopped = self.ledger._refused_addresses("email", "marketing", ["anna@people.test"])
        self.assertEqual(set(stopped), {"anna@people.test"})
        self.assertFalse(self.ledger.search([("partner_id", "=", self.anna.id)]).filtered("note"))
        twin = self.env["res.partner"].create({"name": "Anna", "email": "anna@people.test"})
        self.assertFalse(twin._crm_may_contact("email")[twin.id][0])

    def test_colleagues_are_not_erased(self):
        """A colleague and the own company cannot be erased by mistake; refusing a request needs a reason."""
        for partner, text in ((self.seller.partner_id, "colleague"), (self.company.partner_id, "our companies")):
            with self.assertRaisesRegex(UserError, text):
                partner._crm_erase_person()
        asked = self.env["crm.privacy.request"].with_user(self.manager)._ask(self.ben, "erase")
        with self.assertRaisesRegex(UserError, "reason"):
            asked.action_refuse()
        asked.reason = "Court case"
        asked.action_refuse()
        self.assertEqual(asked.state, "refused")
