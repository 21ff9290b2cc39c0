from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_trial_experiment import DECISION, START, TrialCase


@tagged("post_install", "-at_install")
class TestTrialEvidence(TrialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.versions = cls.env["mailing.mailing"].create(
            [
                {
                    "subject": f"Version {name}",
                    "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": repr([("id", "in", cls.customers.ids)]),
                    "campaign_id": cls.campaign.id,
                    "ab_testing_enabled": True,
                    "ab_testing_pc": 25,
                    "state": "done",
                }
                for name in "AB"
            ]
        )
        # Odoo's own default of a new mailing writes the campaign's choice: choose afterwards.
        cls.campaign.write(
            {"ab_testing_winner_selection": "crm_evidence_clicks", "ab_testing_schedule_datetime": DECISION}
        )

    def _sent(self, version, partners, clicks):
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": version.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "email": partner.email,
                    "trace_status": "sent",
                    "sent_datetime": START,
                    "links_click_datetime": START + timedelta(hours=1) if index < clicks else False,
                }
                for index, partner in enumerate(partners)
            ]
        )

    def test_a_lead_by_chance_sends_no_winner(self):
        """R155: 6 against 4 clicks of 50: Odoo's ratio would send A; with evidence asked nothing goes out."""
        a, b = self.versions
        self._sent(a, self.customers[:50], 6)
        self._sent(b, self.customers[50:100], 4)
        with freeze_time(DECISION - timedelta(days=1)), self.assertRaises(UserError):
            self.versions.action_send_winner_mailing()
        with freeze_time(DECISION + timedelta(hours=1)):
            self.env["utm.campaign"]._cron_process_mass_mailing_ab_testing()
        self.assertFalse(self.campaign.ab_testing_winner_mailing_id)
        self.assertIn("Undecided, needs", self.campaign.crm_evidence_reason)

    def test_a_proved_winner_is_sent_to_the_others(self):
        """R155: 25 against 5 clicks of 50: the cron sends B to the hundred that had nothing yet."""
        a, b = self.versions
        self._sent(a, self.customers[:50], 5)
        self._sent(b, self.customers[50:100], 25)
        with freeze_time(DECISION + timedelta(hours=1)):
            self.env["utm.campaign"]._cron_process_mass_mailing_ab_testing()
            final = self.campaign.ab_testing_winner_mailing_id
            self.assertEqual((final.subject, final.state), ("Version B", "in_queue"))
            self.assertEqual(sorted(final._get_remaining_recipients()), sorted(self.customers[100:].ids))
