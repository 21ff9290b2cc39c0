from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .test_pipeline_gates import PipelineCommon

NOW = fields.Datetime.to_datetime("2026-06-30 12:00:00")


@tagged("post_install", "-at_install")
class TestPipelineHygiene(PipelineCommon):
    def codes(self, deal):
        deal.invalidate_recordset()
        return {
            code
            for code in ("no_activity", "close_past", "idle", "no_amount", "no_contact", "too_long")
            if self.env["crm.lead"]
            .with_user(self.seller)
            .search_count([("id", "=", deal.id), ("hygiene_reason", "=", code)])
        }

    def test_each_reason(self):
        """No activity, closing past, idle, no amount, no contact, too long: told, and found by its filter."""
        deal = self.deal()
        self.assertEqual(self.codes(deal), {"no_activity", "no_amount", "no_contact"})
        self.assertEqual(deal.hygiene_text, "No next activity, No amount, No contact")
        deal.write({"expected_revenue": 5.0, "phone": "+32 2 290 34 90", "date_deadline": "2020-01-01"})
        deal.activity_schedule("mail.mail_activity_data_todo", user_id=self.seller.id)
        self.assertEqual(self.codes(deal), {"close_past"})
        deal.date_deadline = False
        self.assertFalse(self.codes(deal))
        self.assertEqual(deal.hygiene_count, 0)
        self.assertNotIn(deal, self.env["crm.lead"].search([("hygiene_count", ">", 0)]))
        self.fresh.rotting_threshold_days = 5
        later = fields.Datetime.now() + timedelta(days=20)
        with freeze_time(later):
            self.assertEqual(self.codes(deal), {"idle", "too_long"})
        deal.action_set_lost()
        with freeze_time(later):
            self.assertFalse(self.codes(deal), "a closed deal needs no mending")

    def test_too_long_by_the_pace_of_won_deals(self):
        for number in range(5):
            with freeze_time(NOW):
                won = self.deal()
            with freeze_time(NOW + timedelta(days=number + 1)):
                won.action_set_won()
        self.env["crm.stage.pace"]._refresh()
        with freeze_time(NOW):
            deal = self.deal()
        with freeze_time(NOW + timedelta(days=4)):
            self.assertNotIn("too_long", self.codes(deal))
        with freeze_time(NOW + timedelta(days=5)):
            self.assertIn("too_long", self.codes(deal))

    def test_queries(self):
        """A list of a hundred deals costs as many queries as one of ten."""
        counts = []
        for number in (2, 10, 100):  # the first warms the caches
            deals = self.env["crm.lead"].concat(*[self.deal(name=str(n)) for n in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deals.read(["hygiene_text", "reply_hours", "days_in_stage", "stage_pace"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestNextReply(PipelineCommon):
    def test_clock_runs_until_we_reply(self):
        """Hours since the first unanswered message of the customer; a note inside the house answers nothing."""
        contact = self.env["res.partner"].create({"name": "Cus", "email": "cus@example.com"})
        deal = self.deal(partner_id=contact.id)
        Lead = self.env["crm.lead"].with_user(self.seller)
        waiting = [("id", "=", deal.id), ("reply_since", "!=", False)]
        self.assertFalse(Lead.search(waiting))
        now = fields.Datetime.now()
        self.say(deal, contact, now - timedelta(hours=30))
        self.say(deal, contact, now - timedelta(hours=2))
        deal.invalidate_recordset()
        self.assertEqual(round(deal.reply_hours), 30)
        self.assertTrue(Lead.search(waiting))
        self.assertTrue(Lead.search([("id", "=", deal.id), ("reply_hours", ">", 24)]))
        self.assertFalse(Lead.search([("id", "=", deal.id), ("reply_hours", ">", 31)]))
        self.say(deal, self.seller.partner_id, now - timedelta(hours=1), "mail.mt_note")
        self.assertTrue(Lead.search(waiting))
        self.say(deal, self.seller.partner_id, now)
        deal.invalidate_recordset()
        self.assertEqual(deal.reply_hours, 0.0)
        self.assertFalse(Lead.search(waiting))

    def say(self, deal, author, when, subtype="mail.mt_comment"):
        message = deal.sudo().message_post(
            body="...", author_id=author.id, message_type="comment", subtype_xmlid=subtype
        )
        message.date = when


@tagged("post_install", "-at_install")
class TestLargeDeals(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"crm_large_deal_amount": 1000.0, "crm_large_deal_idle_days": 10})
        cls.notices = cls.env["crm.large.deal.notice"]

    def told(self, deal):
        return self.notices.search([("lead_id", "=", deal.id)], order="id").mapped("kind")

    def test_manager_is_told_once(self):
        """R027: told when a deal passes the amount, changes stage or lies idle; never twice for the same."""
        with freeze_time(NOW):
            deal = self.deal(expected_revenue=999.0)
            self.assertFalse(self.told(deal))
            deal.expected_revenue = 1000.0
        self.assertEqual(self.told(deal), ["amount"])
        activity = deal.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Large deal", activity.summary)
        with freeze_time(NOW + timedelta(days=1)):
            deal.stage_id = self.qualified
        self.assertEqual(self.told(deal), ["amount", "stage"])
        message = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", deal.id), ("body", "ilike", "Qualified")]
        )
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)
        self.settle(deal, NOW + timedelta(days=1))
        self.notices._process(NOW + timedelta(days=10))
        self.assertEqual(self.told(deal), ["amount", "stage"])
        self.notices._process(NOW + timedelta(days=12))
        self.assertEqual(self.told(deal), ["amount", "stage", "idle"])
        self.notices._process(NOW + timedelta(days=12))
        self.notices._process(NOW + timedelta(days=13))
        self.assertEqual(self.told(deal), ["amount", "stage", "idle"], "a second run repeats nothing")
        self.assertEqual(len(deal.activity_ids), 2)

    def settle(self, deal, when):
        """What Odoo dated by the transaction lies on the day of the story."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [NOW, deal.id])
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE model = 'crm.lead' AND res_id = %s", [when, deal.id]
        )
        self.env.invalidate_all()

    def test_shrunk_and_grown_again(self):
        deal = self.deal(expected_revenue=5000.0)
        deal.expected_revenue = 10.0
        deal.expected_revenue = 6000.0
        self.assertEqual(self.told(deal), ["amount", "amount"])

    def test_off_and_small_and_without_leader(self):
        small = self.deal(expected_revenue=10.0)
        self.assertFalse(self.told(small))
        self.company.crm_large_deal_amount = 0.0
        self.assertFalse(self.told(self.deal(expected_revenue=9999.0)))
        self.company.write({"crm_large_deal_amount": 1000.0, "crm_large_deal_user_id": self.manager.id})
        self.team.user_id = False
        deal = self.deal(expected_revenue=9999.0)
        self.assertEqual(deal.activity_ids.user_id, self.manager)

    def test_cron(self):
        deal = self.deal(expected_revenue=5.0)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET expected_revenue = 7000 WHERE id = %s", [deal.id])
        deal.invalidate_recordset()
        for _run in range(2):
            with self.enter_registry_test_mode():
                self.assertIs(self.env.ref("crm_custom.crm_large_deal_cron").method_direct_trigger(), True)
        self.assertEqual(self.told(deal), ["amount"])


@tagged("post_install", "-at_install")
class TestProposals(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Press", "list_price": 100.0, "type": "service"})

    def proposal(self, deal):
        action = deal.action_new_proposal()
        proposal = self.env["crm.proposal"].with_user(self.seller).browse(action["res_id"])
        if not proposal.order_id.order_line:
            proposal.order_id.order_line = [Command.create({"product_id": self.product.id})]
        return proposal

    def test_versions_and_their_fate(self):
        """R031: versions of a proposal from an opportunity, each with quotation, PDF and sent, accepted, rejected."""
        deal = self.deal()
        with self.assertRaises(UserError):
            deal.action_new_proposal()
        deal.partner_id = self.customer
        first = self.proposal(deal)
        self.assertEqual((first.version, first.state, first.order_id.opportunity_id), (1, "draft", deal))
        self.assertEqual(first.amount, 100.0)
        first.order_id.action_quotation_sent()
        self.assertEqual(first.state, "sent")
        self.assertTrue(first.date_sent)
        self.assertTrue(first.attachment_id.raw)
        self.assertEqual(first.action_send()["res_model"], "mail.compose.message")
        self.assertEqual(first.action_print()["report_name"], "sale.report_saleorder")
        first.order_id.order_line.price_unit = 80.0
        self.assertEqual(first.amount, 100.0, "what the customer has in hand stays")
        second = self.proposal(deal)
        self.assertEqual((second.version, second.order_id.amount_untaxed), (2, 80.0))
        self.assertNotEqual(second.order_id, first.order_id)
        self.assertEqual(first.state, "sent", "a draft replaces nothing yet")
        second.action_mark_sent()
        self.assertEqual((first.state, second.state), ("replaced", "sent"))
        with self.assertRaises(UserError):
            second.action_reject()
        second.reject_reason = "Too dear"
        second.action_reject()
        third = self.proposal(deal)
        third.action_mark_sent()
        third.order_id.action_confirm()
        self.assertEqual(deal.proposal_ids.sorted("version").mapped("state"), ["replaced", "rejected", "accepted"])
        deal.invalidate_recordset()
        self.assertEqual((deal.proposal_count, deal.proposal_state), (3, "Version 3: Accepted"))

    def test_quotation_that_is_there_already(self):
        deal = self.deal(partner_id=self.customer.id)
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create({"partner_id": self.customer.id, "opportunity_id": deal.id})
        )
        self.assertEqual(self.proposal(deal).order_id, order)

    def test_cancelled_quotation(self):
        deal = self.deal(partner_id=self.customer.id)
        proposal = self.proposal(deal)
        proposal.action_mark_sent()
        proposal.order_id._action_cancel()
        self.assertEqual(proposal.state, "rejected")

    def test_merge_keeps_the_versions(self):
        deals = [self.deal(partner_id=self.customer.id) for _number in range(2)]
        for deal in deals:
            self.proposal(deal)
        merged = (deals[0] + deals[1]).merge_opportunity()
        self.assertEqual(merged.proposal_ids.mapped("version"), [2, 1])

    def test_others_do_not_see_it(self):
        deal = self.deal(partner_id=self.customer.id)
        proposal = self.proposal(deal)
        with self.assertRaises(AccessError):
            proposal.with_user(self.other).read(["amount"])
        self.assertEqual(proposal.with_user(self.manager).read(["version"])[0]["version"], 1)


@tagged("post_install", "-at_install")
class TestQualification(PipelineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.qualification.criterion"].search([]).active = False
        levels = [Command.create({"name": name, "points": points}) for name, points in (("yes", 100), ("no", 0))]
        cls.budget, cls.need = cls.env["crm.qualification.criterion"].create(
            [
                {"name": "Budget", "weight": 3, "level_ids": levels},
                {"name": "Need", "weight": 1, "level_ids": levels},
            ]
        )

    def answer(self, deal, criterion, name):
        line = deal.qualification_answer_ids.filtered(lambda line: line.criterion_id == criterion)
        line.level_id = criterion.level_ids.filtered(lambda level: level.name == name)

    def test_low_score_is_proposed_for_abandonment(self):
        """R034: a salesperson scores a deal on set criteria; a low score is proposed for abandonment, with reason."""
        deal = self.deal()
        Lead = self.env["crm.lead"].with_user(self.seller)

        def found(state):
            return bool(Lead.search_count([("id", "=", deal.id), ("qualification_state", "=", state)]))

        self.assertTrue(found("none"))
        deal.action_qualify()
        self.assertEqual((len(deal.qualification_answer_ids), deal.qualification_state), (2, "none"))
        self.answer(deal, self.budget, "no")
        self.assertEqual(deal.qualification_state, "partial")
        self.assertTrue(found("partial"))
        self.answer(deal, self.need, "yes")
        # (3 x 0 + 1 x 100) / 4 = 25, under the company's 40.
        self.assertEqual((deal.qualification_score, deal.qualification_state), (25.0, "abandon"))
        self.assertEqual(deal.qualification_reason, "Score 25 of 100, under 40. Budget: no")
        self.assertTrue(found("abandon"))
        action = deal.action_abandon()
        wizard = self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"]).create({})
        wizard.action_lost_reason_apply()
        self.assertEqual(deal.won_status, "lost")
        self.assertEqual(deal.lost_reason_id, self.env.ref("crm_custom.lost_reason_unqualified"))
        self.answer(deal, self.budget, "yes")
        self.assertEqual((deal.qualification_score, deal.qualification_state), (100.0, "go"))
        self.assertTrue(bool(Lead.with_context(active_test=False).search([("qualification_state", "=", "go")]) & deal))

    def test_without_questions(self):
        (self.budget + self.need).active = False
        with self.assertRaises(UserError):
            self.deal().action_qualify()
