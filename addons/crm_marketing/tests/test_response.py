from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .test_touch import NOW, TouchCase


@tagged("post_install", "-at_install")
class TestResponse(TouchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.li")
        cls.territory = cls.env["crm.territory"].create(
            {
                "name": "Liechtenstein",
                "user_id": cls.seller.id,
                "rule_ids": [Command.create({"country_id": cls.env.ref("base.li").id})],
            }
        )
        cls.company.flush_recordset()

    def _answer(self, partner, when="2026-03-02 11:00:00"):
        return self._trace(partner, reply_datetime=when, trace_status="reply")

    def _leads(self):
        return self.env["crm.lead"].search([("campaign_id", "=", self.campaign.id)])

    def _process(self):
        self.feed._process_feed(NOW)
        return self.env["utm.campaign"]._process_response_leads()

    def test_who_answers_becomes_a_lead_of_the_territory(self):
        """R134: a responding prospect becomes a lead, assigned by territory; once, and nobody who did not answer."""
        self.campaign.with_user(self.marketer).lead_on = "reply"
        stranger = self.env["mailing.contact"].create({"name": "Bob", "email": "bob@guest.org"})
        silent = self.env["res.partner"].create({"name": "Silent", "email": "silent@x.org"})
        self._answer(self.company, "2026-03-02 12:00:00")
        for record in (self.ann, stranger):
            self._answer(record)
        self._click(self._trace(silent), "2026-03-02 11:00:00")
        self.assertEqual(self._process(), 2)
        leads = self._leads().sorted("email_from")
        self.assertEqual(leads.mapped("email_from"), ["ann@hotel.org", "bob@guest.org"])
        self.assertEqual((leads[0].territory_id, leads[0].user_id), (self.territory, self.seller))
        self.assertFalse(leads[1].user_id, "outside every territory: nobody's")
        self.assertEqual(leads.medium_id, self.mailing.medium_id)
        self.assertEqual(self._process(), 0, "run twice, made once")
        self.campaign.lead_on = "click"
        self.assertEqual(self._process(), 1)
        self.assertEqual(self._leads().partner_id, self.ann | silent)

    def test_machines_competitors_and_campaigns_without_the_choice_make_none(self):
        """R134: a scanner's clicks, a competitor's answer, and answers of a campaign that makes no leads."""
        self._answer(self.ann)
        self.assertEqual(self._process(), 0)
        self.campaign.lead_on = "click"
        self.company.relation_type = "competitor"
        robot = self.env["res.partner"].create({"name": "Robot", "email": "robot@x.org"})
        self._click(self._trace(robot), "2026-03-02 10:00:01")
        self.assertEqual(self._process(), 0)

    def test_handling_time_is_reported_to_the_campaign(self):
        """R134: hours from response to salesperson, answer and quotation; who waits; the campaign says it."""
        self.campaign.lead_on = "reply"
        now = fields.Datetime.now()
        self._answer(self.ann, now - timedelta(hours=10))
        other = self.env["res.partner"].create({"name": "Waits", "email": "waits@x.org"})
        self._answer(other, now - timedelta(hours=3))
        self._process()
        lead = self._leads().filtered(lambda one: one.partner_id == self.ann)
        campaign = self.campaign.with_user(self.marketer)
        self.assertEqual((campaign.prospect_count, campaign.prospect_waiting), (2, 2))
        self.assertEqual(campaign.prospect_text, "none answered, 2 waiting")
        self.env["crm.contact.log"].with_user(self.seller)._log(
            self.ann, "call", lead_id=lead.id, date=now - timedelta(hours=4)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((campaign.prospect_waiting, round(campaign.prospect_hours, 2)), (1, 6.0))
        self.assertEqual(campaign.prospect_text, "answered in 6.0 hours, 1 waiting")
        row = self.env["crm.response.handling"].with_user(self.marketer).browse(lead.id)
        self.assertEqual((row.state, row.territory_id), ("contacted", self.territory))
        self.assertAlmostEqual(row.hours_assign, 10, delta=0.1)
        self.env["sale.order"].create({"partner_id": self.ann.id, "opportunity_id": lead.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(row.state, "quoted")
        self.assertAlmostEqual(row.hours_quote, 10, delta=0.1)
        self.assertEqual(row.action_open()["res_id"], lead.id)

    def test_a_salesperson_sees_the_own_prospects_and_another_company_none(self):
        """R134: handling times are shown to whose leads they are, to marketers and managers of the company."""
        mine = self.env["crm.lead"].create(
            {
                "name": "Mine",
                "campaign_id": self.campaign.id,
                "user_id": self.seller.id,
                "company_id": self.env.company.id,
            }
        )
        self.env["crm.lead"].create({"name": "Another's", "campaign_id": self.campaign.id, "user_id": False})
        self.env.flush_all()
        handling = self.env["crm.response.handling"]
        domain = [("campaign_id", "=", self.campaign.id)]
        self.assertEqual(handling.with_user(self.seller).search(domain).lead_id, mine)
        self.assertEqual(len(handling.with_user(self.marketer).search(domain)), 2)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "handling_stranger", "mass_mailing.group_mass_mailing_user", company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertNotIn(mine.id, handling.with_user(stranger).search(domain).ids)
