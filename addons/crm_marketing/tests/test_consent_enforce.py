from datetime import timedelta

from odoo import fields
from odoo.addons.mail.tests.common import MailCase
from odoo.tests import tagged

from .consent_common import ConsentCase


@tagged("post_install", "-at_install")
class TestConsentEnforce(ConsentCase, MailCase):
    """A refusal stops what is on its way; ledger, blacklists and subscriptions say the same."""

    def keep_mails_in_queue(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.mail.force.send.limit", 0)

    def mailing(self, people=None, **vals):
        return (
            self.env["mailing.mailing"]
            .with_user(self.marketer)
            .create(
                {
                    "subject": "News",
                    "body_html": "<p>News</p>",
                    "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "mailing_domain": [("id", "in", (people or self.people).ids)],
                    "user_id": self.marketer.id,
                    **vals,
                }
            )
        )

    def sent_to(self, mailing):
        traces = mailing.mailing_trace_ids.filtered(lambda trace: trace.trace_status == "sent")
        return sorted(traces.mapped("email"))

    def stopped(self, mailing):
        return sorted(mailing.mailing_trace_ids.filtered(lambda one: one.failure_type == "mail_optout").mapped("email"))

    def run_queue(self, mailing):
        mailing.action_put_in_queue()
        with self.mock_mail_gateway(), self.enter_registry_test_mode():
            self.env.ref("mass_mailing.ir_cron_mass_mailing_queue").method_direct_trigger()
        mailing.invalidate_recordset()

    def test_withdrawn_while_queued(self):
        """R165: no campaign includes a withheld consent: withdrawn in the minute the mailing already waits, it is out.

        First while the mailing waits, then while the ready-made mails wait, last in the batch being sent.
        """
        self.keep_mails_in_queue()
        self.decide(self.anna, "given")
        self.decide(self.ben, "refused")
        mailing = self.mailing()
        mailing.action_put_in_queue()
        withdrawn = self.decide(self.anna, "withdrawn")
        with self.mock_mail_gateway(mail_unlink_sent=False):
            # The scheduler makes the mails now; they wait in the mail queue.
            mailing.sudo()._action_send_mail()
            waiting = self.env["mail.mail"].search([("mailing_id", "=", mailing.id), ("state", "=", "outgoing")])
            self.assertEqual(set(waiting.mailing_trace_ids.mapped("email")), {"carl@people.test", "dora@people.test"})
            self.decide(self.carl, "withdrawn")
            carl = mailing.mailing_trace_ids.filtered(lambda trace: trace.email == "carl@people.test")
            self.assertEqual((carl.trace_status, carl.failure_type), ("cancel", "mail_optout"))
            self.env["mail.mail"].process_email_queue()
        self.assertEqual([mail["email_to"] for mail in self._mails], [['"Dora" <dora@people.test>']])
        self.assertEqual(self.stopped(mailing), ["anna@people.test", "ben@people.test", "carl@people.test"])
        dora = mailing.mailing_trace_ids.filtered(lambda trace: trace.email == "dora@people.test")
        self.assertLess(dora.sent_datetime - withdrawn.date, timedelta(minutes=1))

    def test_last_look_before_sending(self):
        """R165: a blacklist entry that came while the mail lay in the queue, made by SQL or another server, counts."""
        self.keep_mails_in_queue()
        mailing = self.mailing(self.anna | self.ben)
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.sudo()._action_send_mail()
            self.env.flush_all()
            self.env.cr.execute("INSERT INTO mail_blacklist (email, active) VALUES ('anna@people.test', TRUE)")
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(self.sent_to(mailing), ["ben@people.test"])
        self.assertEqual(self.stopped(mailing), ["anna@people.test"])

    def test_purpose_and_excluded_offered_as_calls(self):
        """R141: who refuses mail is excluded from the mailing, shown, and offered as a call list if calls are taken."""
        self.decide(self.anna, "refused")
        self.decide(self.ben, "refused")
        self.decide(self.ben, "refused", "call")
        self.decide(self.anna, "given", "call")
        mailing = self.mailing()
        self.assertEqual((mailing.crm_stopped_count, mailing.crm_callable_count), (2, 1))
        shown = self.env["res.partner"].with_user(self.marketer).search(mailing.action_crm_stopped()["domain"])
        self.assertEqual(shown, self.anna | self.ben)
        self.assertEqual(shown[0].crm_email_refusal, "Contact refused")
        offered = mailing.action_crm_call_instead()
        self.assertEqual(self.env["res.partner"].search(offered["domain"]), self.anna)
        mailing.campaign_id = self.env["utm.campaign"].create({"name": "Spring", "title": "Spring"})
        offered = mailing.action_crm_call_instead()
        calls = self.env["crm.call.list"].browse(offered["res_id"])
        self.assertEqual((calls.line_ids.partner_id, calls.campaign_id), (self.anna, mailing.campaign_id))
        calls.domain = repr([("id", "in", self.people.ids)])
        calls.action_fill()
        self.assertEqual(calls.line_ids.partner_id, self.people - self.ben)
        self.assertEqual(calls.left_out, "1 contact refused")
        self.run_queue(mailing)
        self.assertEqual(self.sent_to(mailing), ["carl@people.test", "dora@people.test"])
        # The same people for an invitation: another purpose.
        event = self.mailing(crm_purpose="event")
        self.assertEqual(event.crm_stopped_count, 0)
        self.run_queue(event)
        self.assertEqual(len(self.sent_to(event)), 4)

    def test_sms(self):
        """R165: an SMS campaign leaves out who refuses SMS, also when the message waits already."""
        self.decide(self.anna, "refused", "sms")
        mailing = self.mailing(mailing_type="sms", body_plaintext="News", sms_force_send=False)
        mailing.sudo().action_send_sms()
        waiting = self.env["sms.sms"].search([("mailing_id", "=", mailing.id), ("state", "=", "outgoing")])
        self.assertEqual(len(waiting), 3)
        self.decide(self.ben, "refused", "sms")
        refused = mailing.mailing_trace_ids.filtered(lambda trace: trace.failure_type == "sms_optout")
        numbers = {self.anna.phone_sanitized, self.ben.phone_sanitized}
        self.assertEqual(set(refused.mapped("sms_number")), numbers)
        self.assertEqual(self.env["sms.sms"].search_count([("id", "in", waiting.ids), ("state", "=", "outgoing")]), 2)

    def test_blacklist_both_ways(self):
        """R165: refusing everything is Odoo's blacklist; the blacklist is in the ledger with date and source."""
        blacklist = self.env["mail.blacklist"]
        for purpose in ("marketing", "event"):
            self.decide(self.anna, "refused", "email", purpose)
        self.assertFalse(blacklist.search([("email", "=", "anna@people.test")]))
        self.decide(self.anna, "refused", "email", "research")
        self.assertTrue(blacklist.search([("email", "=", "anna@people.test")]))
        # Agreeing to one purpose takes the address off and leaves the other refusals.
        self.decide(self.anna, "given", "email", "event")
        self.assertFalse(blacklist.search([("email", "=", "anna@people.test")]))
        current = {row.purpose: row.state for row in self.anna.crm_consent_ids}
        self.assertEqual(current, {"marketing": "refused", "event": "given", "research": "refused"})
        # The other way round, for a contact and for an address without one.
        blacklist.with_user(self.marketer)._add("ben@people.test")
        blacklist.with_user(self.marketer)._add("nobody@people.test")
        rows = self.ledger.search([("address", "in", ("ben@people.test", "nobody@people.test"))])
        self.assertEqual(set(rows.mapped("state")), {"refused"})
        self.assertEqual(len(rows), 6)
        self.assertEqual((rows.partner_id, set(rows.mapped("source"))), (self.ben, {"blacklist"}))
        blacklist.with_user(self.marketer)._remove("ben@people.test")
        self.assertEqual(set(self.ben.crm_consent_ids.mapped("state")), {"lifted"})
        self.assertTrue(self.ben._crm_may_contact("email")[self.ben.id][0])
        self.env["phone.blacklist"].add(self.carl.phone_sanitized)
        self.assertEqual(set(self.carl.crm_consent_ids.mapped("channel")), {"sms"})
        self.assertTrue(self.carl._crm_may_contact("call")[self.carl.id][0])

    def test_mailing_list_subscription(self):
        """R165: leaving a mailing list is a decision for that list; refusing the purpose leaves its lists."""
        news, fairs = self.env["mailing.list"].create([{"name": "News"}, {"name": "Fairs", "crm_purpose": "event"}])
        contact = self.env["mailing.contact"].create(
            {"name": "Anna", "email": "anna@people.test", "list_ids": [(6, 0, (news | fairs).ids)]}
        )
        news._update_subscription_from_email("anna@people.test", opt_out=True)
        row = self.ledger.search([("list_id", "=", news.id)])
        self.assertEqual((row.partner_id, row.state, row.purpose), (self.anna, "refused", "marketing"))
        # One list, not the purpose.
        self.assertTrue(self.anna._crm_may_contact("email")[self.anna.id][0])
        self.decide(self.anna, "refused", "email", "event")
        self.assertEqual(contact.subscription_ids.filtered("opt_out").list_id, news | fairs)

    def test_contact_limit_with_priority(self):
        """R141: one contact a week across mail and calls; the mailing of higher priority gets the place."""
        self.company.write({"crm_contact_cap": 1, "crm_contact_cap_days": 7})
        self.env["crm.contact.log"].create(
            {"partner_id": self.anna.id, "channel": "call", "direction": "out", "subject": "Called"}
        )
        high = self.mailing(self.ben, crm_priority="1", schedule_type="scheduled")
        high.write({"state": "in_queue", "schedule_date": fields.Datetime.add(fields.Datetime.now(), days=2)})
        normal = self.mailing()
        self.run_queue(normal)
        self.assertEqual(self.sent_to(normal), ["carl@people.test", "dora@people.test"])
        self.assertEqual(self.carl._crm_may_contact("call")[self.carl.id], (False, "Contact limit reached"))
        owed = self.mailing(crm_priority="2")
        self.run_queue(owed)
        self.assertEqual(len(self.sent_to(owed)), 4)

    def test_one_look_a_batch(self):
        """R165: asking whom a mailing must not reach costs one query for 10 recipients and for 100."""
        mailing = self.mailing()
        self.decide(self.anna, "refused")
        addresses = [f"p{number}@people.test" for number in range(99)] + ["anna@people.test"]
        mailing._crm_stopped(addresses[:1])
        for asked in (addresses[-10:], addresses):
            with self.assertQueryCount(1):
                self.assertEqual(mailing._crm_stopped(asked), {"anna@people.test": "refused"})
