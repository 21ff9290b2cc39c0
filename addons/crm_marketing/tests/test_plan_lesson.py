from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_plan import PlanCase


@tagged("post_install", "-at_install")
class TestPlanLesson(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["utm.tag"].create({"name": "Hotels of the plan"})
        cls.kettle, cls.cup = cls.env["product.template"].create([{"name": "Kettle"}, {"name": "Cup"}])
        cls.campaign.write({"tag_ids": [Command.link(cls.tag.id)], "product_tmpl_ids": [Command.link(cls.kettle.id)]})

    def _close(self, campaign, score, lesson, kind="change"):
        context = campaign.action_evaluate()["context"]
        wizard = Form(self.env["crm.campaign.evaluate"].with_user(self.marketer).with_context(**context))
        wizard.score = score
        wizard.conclusion = "It worked."
        with wizard.line_ids.new() as line:
            line.kind = kind
            line.name = lesson
        wizard.save().action_close()

    def test_feedback_then_evaluation_with_score_and_lessons(self):
        """R129.1: feedback during the campaign, then a score with its reason, a conclusion and lessons."""
        customer = self.env["res.partner"].create({"name": "Hotel", "is_company": True})
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": customer.id})
        Feedback = self.env["crm.campaign.feedback"].with_user(self.salesman)
        Feedback.create(
            [
                {"campaign_id": self.campaign.id, "partner_id": person.id, "opinion": "bad", "text": "Too dear"},
                {"campaign_id": self.campaign.id, "opinion": "good", "text": "Nice cups"},
            ]
        )
        self.assertEqual((self.campaign.feedback_count, self.campaign.feedback_text), (2, "1 good, 0 neutral, 1 bad"))
        self.env.flush_all()
        event = self.env["crm.customer.event"].search(
            [("partner_id", "=", customer.id), ("kind", "=", "campaign_feedback")]
        )
        self.assertEqual((event.name, event.res_id), ("Too dear", self.campaign.id))
        self._step(self.campaign, "Call").action_done()
        self._step(self.campaign, "Post")
        self.campaign.write({"budget": 100, "expected_responses": 10})
        wizard = self.env["crm.campaign.evaluate"].with_user(self.marketer).new({"campaign_id": self.campaign.id})
        self.assertEqual(wizard.score, 50, "answers 0, budget kept 100, steps 50: mean 50")
        self.assertIn("steps executed 50", wizard.reason)
        self._close(self.campaign, 70, "Call before you write")
        self.assertEqual((self.campaign.evaluation_score, self.campaign.evaluation_text), (70, "It worked."))
        self.assertTrue(self.campaign.closed_date)
        self.assertEqual(self.campaign.stage_id, self.env.ref("crm_marketing.utm_stage_closed"))
        self.assertEqual(self.campaign.lesson_text, "Do differently: Call before you write")

    def test_no_data_no_suggestion(self):
        wizard = self.env["crm.campaign.evaluate"].with_user(self.marketer).new({"campaign_id": self.campaign.id})
        self.assertIn("Not enough data", wizard.reason)

    def test_a_lesson_is_owed(self):
        Wizard = self.env["crm.campaign.evaluate"].with_user(self.marketer)
        with self.assertRaisesRegex(UserError, "at least one lesson"):
            Wizard.create({"campaign_id": self.campaign.id, "score": 5, "conclusion": "No"}).action_close()
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.salesman).action_evaluate()
        with self.assertRaises(AccessError):
            self.env["utm.campaign"].with_user(self.salesman).browse(self.campaign.id).evaluation_score = 100

    def test_new_campaign_sees_lessons_and_results_of_similar_ones(self):
        """R146: while a marketer enters a new campaign, similar past ones show score, results and lessons."""
        self._close(self.campaign, 80, "Call before you write")
        cups = self._campaign("Cups", product_tmpl_ids=[Command.link(self.cup.id)])
        self._close(cups, 20, "No cups again", "stop")
        both = self._campaign(
            "Both",
            product_tmpl_ids=[Command.set((self.kettle + self.cup).ids)],
            tag_ids=[Command.link(self.tag.id)],
            date_start="2026-01-01",
            date_end="2026-01-31",
        )
        self._campaign("Not over", product_tmpl_ids=[Command.link(self.kettle.id)], date_start="2126-01-01")
        form = Form(self.env["utm.campaign"].with_user(self.marketer))
        form.title = "New kettle"
        self.assertFalse(form.similar_ids[:])
        self.assertIn("No past campaign", form.similar_text)
        form.product_tmpl_ids.add(self.kettle)
        form.tag_ids.add(self.tag)
        new = form.save()
        self.assertEqual(new.similar_ids, self.campaign + both, "the one most alike first; cups teach no kettles")
        self.assertIn(
            "Launch: 100 % alike (products, tags)", new.similar_text.replace("tags, products", "products, tags")
        )
        self.assertIn("Both: 70 % alike", new.similar_text, "(3 * 1/2 + 2) / 5")
        self.assertEqual(new.similar_ids[0].lesson_text, "Do differently: Call before you write")
        self.assertEqual(new.similar_ids[0].evaluation_score, 80)

    def test_lessons_stay_in_the_company(self):
        self._close(self.campaign, 80, "Call before you write")
        Lesson = self.env["crm.campaign.lesson"]
        self.assertTrue(Lesson.with_user(self.salesman).search([("campaign_id", "=", self.campaign.id)]))
        self.assertFalse(Lesson.with_user(self.stranger).search([("campaign_id", "=", self.campaign.id)]))
