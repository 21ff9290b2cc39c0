from datetime import timedelta

from markupsafe import Markup
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .light import LightCommon


@tagged("post_install", "-at_install")
class TestAnswers(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls.env["product.product"].create({"name": "Beam 40 W"})
        cls.flicker, cls.hums = cls.env["crm.solution"].create(
            [
                {"name": "Lamp flickers", "answer": "<p>Change the starter</p>"},
                {"name": "Transformer is loud", "answer": "<p>Hang it</p>", "product_ids": [Command.link(cls.lamp.id)]},
            ]
        )
        (cls.flicker | cls.hums).action_approve()
        cls.question = cls.env["crm.standard.question"].create(
            {"name": "When are you open?", "answer": "<p>{salutation}, from 8 to 5. {agent}</p>", "state": "approved"}
        )
        cls.template = cls.env["crm.reply.template"].create(
            {"name": "Photo", "body": "<p>{salutation}, please send a photo for {number} ({order}).</p>"}
        )

    def _as_agent(self, **values):
        return self._ticket(**values).with_user(self.agent)

    def _close(self, ticket, kind="solved"):
        ticket.with_context(crm_ticket_automatic=True)._move_to(kind)

    # === SOLUTIONS ON THE TICKET === #

    def test_solutions_are_suggested_for_subject_and_product(self):
        """R088: the ticket suggests by its words and by its product."""
        ticket = self._as_agent(name="The lamp keeps flickering")
        self.assertEqual(ticket.suggested_solution_ids, self.flicker)
        ticket.product_id = self.lamp
        self.assertEqual(ticket.suggested_solution_ids, self.flicker | self.hums)
        self.assertEqual(ticket.suggested_solution_ids[0], self.flicker)
        with Form(ticket) as form:
            form.name = "Something else"
            self.assertEqual(form.suggested_solution_ids[:], self.hums)

    def test_one_click_fills_the_reply_and_counts(self):
        """R088: applying opens the reply with the answer, for the customer, and is noted once."""
        ticket = self._as_agent(name="Lamp flickers")
        solution = ticket.suggested_solution_ids.with_context(crm_ticket_id=ticket.id)
        action = solution.action_apply()
        solution.action_apply()
        self.assertEqual(ticket.solution_use_ids.solution_id, self.flicker)
        self.assertEqual(len(ticket.solution_use_ids), 1)
        self.assertFalse(ticket.suggested_solution_ids, "what was applied is suggested no more")
        composer = self.env["mail.compose.message"].with_user(self.agent).with_context(**action["context"]).create({})
        self.assertIn("Change the starter", composer.body)
        self.assertIn("Dear Lena Licht", composer.body)
        composer.action_send_mail()
        message = ticket.message_ids[0]
        self.assertIn("Change the starter", message.body)
        self.assertEqual(message.partner_ids, self.contact)
        self.assertTrue(ticket.date_first_response)

    def test_drafts_are_not_given_to_customers(self):
        """R088.1: a solution that is not approved is refused on a ticket."""
        draft = self.env["crm.solution"].create({"name": "x", "answer": "y", "user_id": self.agent.id})
        with self.assertRaises(UserError):
            self._as_agent()._apply_solution(draft.with_user(self.agent))

    def test_how_often_it_worked(self):
        """R088: solved and not opened again within the days set is helped; opened again is not; a vote stands above."""
        now = fields.Datetime.now()
        tickets = [self._as_agent(name="Lamp flickers") for _number in range(4)]
        uses = [ticket._apply_solution(self.flicker.with_user(self.agent)) for ticket in tickets]
        self.assertEqual(self.flicker.helped_text, "Used 4 times, not enough data")
        for ticket in tickets[:3]:
            self._close(ticket)
        process = self.env["crm.solution.use"]._process_outcomes
        self.assertFalse(process(now), "too early")
        later = now + timedelta(days=8)
        self.assertEqual(len(process(later)), 3)
        self.assertFalse(process(later), "the second run changes nothing")
        tickets[0]._move_to("open")
        self.assertEqual(len(process(later)), 1)
        self.assertEqual([use.outcome for use in uses], ["not_helped", "helped", "helped", "open"])
        self.assertEqual(self.flicker.helped_text, "Worked 2 of 3 times (67 %)")
        with self.assertRaises(AccessError):
            uses[3].outcome = "helped"
        uses[3].action_not_helped()
        self.assertEqual((self.flicker.helped_count, self.flicker.judged_count), (2, 4))
        self.company.crm_solution_days = 30
        process(later)
        self.assertEqual(uses[1].outcome, "helped", "what is judged and undisturbed is not judged again")

    # === HISTORY === #

    def test_earlier_problems_with_their_solutions(self):
        """R092: the ticket shows earlier problems of the whole customer and the product, and what solved them."""
        first = self._as_agent(name="Lamp flickers", partner_id=self.customer.id)
        first._apply_solution(self.flicker.with_user(self.agent))
        second = self._as_agent(name="Hum", partner_id=self.stranger.id, product_id=self.lamp.id)
        second.message_post(
            body=Markup("<p>Please hang it up</p>"), message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        second.message_post(body="He complains a lot", subtype_xmlid="mail.mt_note")
        other = self._as_agent(name="Nothing in common", partner_id=self.stranger.id)
        ticket = self._as_agent(product_id=self.lamp.id)
        earlier = ticket.earlier_ticket_ids
        self.assertEqual(earlier, first | second)
        self.assertNotIn(other, earlier)
        self.assertEqual(first.answer_summary, "Lamp flickers")
        self.assertEqual(second.answer_summary, "Please hang it up")
        self.assertNotIn(ticket, first.earlier_ticket_ids, "a later problem is not an earlier one")

    def test_history_of_many_tickets_at_once(self):
        """R092: 10 or 100 tickets, two queries."""
        tickets = self.env["crm.ticket"].create(
            [{"name": "x", "team_id": self.team.id, "partner_id": self.contact.id} for _number in range(100)]
        )
        tickets = tickets.with_user(self.agent)
        tickets.mapped("answer_summary")
        for count in (10, 100):
            tickets.invalidate_recordset()
            some = tickets[:count].with_prefetch(tickets[:count].ids)
            some.fetch(["partner_id", "product_id", "date_open"])
            some.partner_id.fetch(["commercial_partner_id"])
            with self.assertQueryCount(2):
                some.mapped("earlier_ticket_ids")
            with self.assertQueryCount(2):
                some.mapped("answer_summary")

    def test_history_respects_companies(self):
        """R092: tickets of a company that the agent does not work in are not shown."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["crm.ticket"].create({"name": "There", "partner_id": self.contact.id, "company_id": company.id})
        self.assertFalse(self._as_agent().earlier_ticket_ids)

    # === STANDARD QUESTIONS AND CANNED REPLIES === #

    def _reply(self, ticket, **values):
        wizard = self.env["crm.ticket.reply"].with_user(self.agent)
        return wizard.with_context(**ticket.action_choose_reply()["context"]).create(values)

    def test_standard_question_fills_the_reply(self):
        """R099: the agent picks a question, its approved answer fills the reply, the use is counted."""
        ticket = self._as_agent()
        wizard = self._reply(ticket, kind="question", question_id=self.question.id)
        self.assertIn("from 8 to 5", wizard.preview)
        body = wizard.action_use()["context"]["default_body"]
        self.assertEqual(body, f"<p>Dear Lena Licht, from 8 to 5. {self.agent.name}</p>")
        self.assertEqual((self.question.use_count, self.question.automatic_count), (1, 0))

    def test_only_approved_answers(self):
        """R099: agents write drafts, managers approve, a draft fills no reply."""
        question = self.env["crm.standard.question"].with_user(self.agent).create({"name": "Price?", "answer": "High"})
        with self.assertRaises(AccessError):
            question.action_approve()
        with self.assertRaises(UserError):
            self._reply(self._as_agent(), kind="question", question_id=question.id).action_use()
        question.with_user(self.supervisor).action_approve()
        with self.assertRaises(AccessError):
            question.with_user(self.agent).write({"answer": "Low"})

    def test_canned_reply_says_what_stays_empty(self):
        """R099: placeholders are filled from the ticket; what has no value is named before the reply goes."""
        ticket = self._as_agent()
        wizard = self._reply(ticket, kind="template", template_id=self.template.id)
        self.assertEqual(wizard.missing, "order")
        self.assertIn(f"please send a photo for {ticket.number} ().", wizard.preview)
        wizard.action_use()
        self.assertEqual(self.template.use_count, 1)
        with self.assertRaises(UserError):
            self._reply(ticket, kind="template").action_use()

    def test_placeholders_are_no_code(self):
        """R099: an unknown placeholder is refused with the list; a name with HTML stays text."""
        with self.assertRaisesRegex(ValidationError, "object.env.*salutation"):
            self.env["crm.reply.template"].create({"name": "Bad", "body": "<p>{object.env}</p>"})
        self.contact.name = "<script>alert(1)</script>"
        preview = self._reply(self._as_agent(), kind="template", template_id=self.template.id).preview
        self.assertIn("&lt;script&gt;", preview)
        self.assertNotIn("<script>", preview)

    def test_preview_of_a_canned_reply(self):
        """R099: the preview shows the reply with a real ticket."""
        ticket = self._ticket()
        with Form(self.template.with_user(self.supervisor)) as form:
            form.preview_ticket_id = ticket
            self.assertIn(ticket.number, form.preview)
