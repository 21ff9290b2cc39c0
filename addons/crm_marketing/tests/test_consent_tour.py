from odoo.tests import HttpCase, tagged

from .consent_common import ConsentCase


@tagged("post_install", "-at_install", "is_tour")
class TestConsentTour(ConsentCase, HttpCase):
    def test_record_a_refusal(self):
        """R165: a marketer notes a refusal on the contact and sees it with date and source; it counts at once."""
        self.start_tour(f"/odoo/res.partner/{self.anna.id}", "crm_marketing_consent", login="consent_marketer")
        row = self.anna.crm_consent_ids
        self.assertEqual((row.state, row.source, row.user_id), ("refused", "staff", self.marketer))
        self.assertFalse(self.anna._crm_may_contact("email")[self.anna.id][0])
