from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .light import LightCommon

NOW = datetime(2026, 3, 3, 10)  # a Tuesday


class VoiceCommon(LightCommon):
    """Helpers to make ratings and answers of given days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls.lamp, cls.bulb = cls.env["product.product"].create([{"name": "Voice Lamp"}, {"name": "Voice Bulb"}])
        cls.other = cls.env["res.partner"].create({"name": "Otto Other", "email": "otto@dunkel.test"})

    @classmethod
    def _solved(cls, when, partner=None, **values):
        """Make a ticket solved at this moment."""
        ticket = cls._ticket(**({"partner_id": (partner or cls.contact).id} | values))
        ticket.with_context(crm_ticket_automatic=True)._move_to("solved")
        ticket.date_solved = when
        return ticket

    @classmethod
    def _rate(cls, value, when=NOW, partner=None, **values):
        """Make a rating of a ticket given at this moment."""
        ticket = cls._solved(when, partner, **values)
        return cls._given(ticket, value, when)

    @classmethod
    def _given(cls, ticket, value, when=NOW):
        rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("crm.ticket"),
                "res_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "rating": value,
                "consumed": True,
            }
        )
        rating.rated_on = when
        return rating

    @classmethod
    def _answers(cls, survey, values, when=NOW, partner=None, **more):
        """Make a finished answer to the questions of a survey: {question: scale value or choice}."""
        asked = cls.env["survey.user_input"].create(
            {
                "survey_id": survey.id,
                "partner_id": (partner or cls.contact).id,
                "state": "done",
                "end_datetime": when,
                "crm_company_id": cls.company.id,
                **more,
            }
        )
        for question, value in values.items():
            asked._save_lines(question, str(value if isinstance(value, int) else value.id))
        return asked

    @classmethod
    def _survey(cls, *questions, **values):
        """Make a survey: each question is the values of a scale from 1 to 5 unless said otherwise."""
        return cls.env["survey.survey"].create(
            {
                "title": "Voice survey",
                "question_and_page_ids": [
                    Command.create(
                        {"title": "How?", "question_type": "scale", "scale_min": 1, "scale_max": 5, **question}
                    )
                    for question in questions
                ],
                **values,
            }
        )

    def _groups(self, user, model, groupby, aggregates, domain=()):
        self.env.flush_all()
        return self.env[model].with_user(user)._read_group(list(domain), groupby, aggregates)


@tagged("post_install", "-at_install")
class TestVoiceRating(VoiceCommon):
    def _requests(self):
        return self.env["crm.rating.request"].search([("partner_id", "in", (self.contact | self.other).ids)])

    def test_once_a_contact_and_one_reminder(self):
        """Asked once a contact in N days, reminded once, also when the cron runs twice; never after an answer."""
        request = self.env["crm.rating.request"]
        first = self._solved(NOW - timedelta(hours=3))
        second = self._solved(NOW - timedelta(hours=2))
        late = self._solved(NOW - timedelta(days=40), self.other)
        before = self.env["mail.mail"].sudo().search_count([])
        self.assertEqual(request._process_requests(now=NOW), 1)
        self.assertEqual(request._process_requests(now=NOW), 0)
        self.assertEqual(self._requests().ticket_id, second, "the newest ticket of the contact")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]) - before, 1)
        self.assertEqual(second.stage_kind, "solved", "the request does not wake up the ticket")
        self.assertEqual(request._process_reminders(now=NOW + timedelta(days=4)), 0)
        self.assertEqual(request._process_reminders(now=NOW + timedelta(days=5)), 1)
        self.assertEqual(request._process_reminders(now=NOW + timedelta(days=9)), 0)
        self.assertEqual(self._requests().state, "reminded")
        self.assertNotIn(late, self._requests().ticket_id, "too old to ask about")
        second.rating_apply(4, token=second._rating_get_access_token(), feedback="Good")
        self.assertEqual(self._requests().mapped("state"), ["answered"])
        self.assertEqual(second.stage_kind, "solved", "a rating does not reopen")
        again = self._solved(NOW + timedelta(days=35))
        self.assertEqual(request._process_requests(now=NOW + timedelta(days=35, hours=1)), 1)
        self.assertEqual(self._requests()[:1].ticket_id, again)
        self.assertFalse(first.rating_request_ids)
        self.team.ask_rating = False
        self._solved(NOW, self.other)
        self.assertEqual(request._process_requests(now=NOW), 0)

    def test_a_failing_mail_holds_up_no_other(self):
        """A request whose mail cannot be made is written down; the others go out."""
        first, second = self._solved(NOW - timedelta(hours=3)), self._solved(NOW - timedelta(hours=2), self.other)
        request = type(self.env["crm.rating.request"])
        send = request._send_one

        def fail_first(record, template):
            if record.ticket_id == first:
                raise ValueError("broken")
            return send(record, template)

        before = self.env["mail.mail"].sudo().search_count([])
        with patch.object(request, "_send_one", fail_first), self.assertLogs("odoo.addons.crm_service", "ERROR"):
            self.assertEqual(self.env["crm.rating.request"]._process_requests(now=NOW), 2)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]) - before, 1)
        self.assertTrue(second.rating_request_ids.rating_id)

    def test_response_rate_with_interval(self):
        """R095: the response rate of a team stands with its Wilson interval and the number asked."""
        tickets = [self._solved(NOW - timedelta(minutes=n)) for n in range(10)]
        self.env["crm.rating.request"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                    "partner_id": self.contact.id,
                    "date_sent": NOW,
                    "state": "answered" if number < 3 else "sent",
                }
                for number, ticket in enumerate(tickets)
            ]
        )
        [row] = self._groups(
            self.agent,
            "crm.rating.request",
            ["team_id"],
            ["__count", "response_rate:avg", "response_low:avg", "response_high:avg"],
            [("team_id", "=", self.team.id)],
        )
        self.assertEqual(row[1:3], (10, 30.0))
        self.assertAlmostEqual(row[3], 10.78, 2)  # Wilson, 3 of 10, 95 %
        self.assertAlmostEqual(row[4], 60.32, 2)

    def test_satisfaction_by_product_team_and_month(self):
        """R095: current satisfaction by product, team and month with the response count, from ratings on closing."""
        for value, when, product in (
            (5, datetime(2026, 2, 3), self.lamp),
            (4, datetime(2026, 2, 20), self.lamp),
            (2, datetime(2026, 2, 20), self.bulb),
            (3, datetime(2026, 3, 2), self.lamp),
        ):
            self._rate(value, when, product_id=product.id)
        unanswered = self._solved(NOW, product_id=self.lamp.id)
        unanswered._rating_get_access_token()
        rows = self._groups(
            self.supervisor,
            "crm.voice.answer",
            ["product_id", "team_id", "date:month"],
            ["answers:sum", "value:avg", "positive:avg"],
            [("measure", "=", "satisfaction"), ("team_id", "=", self.team.id)],
        )
        found = {(row[0], row[2].month): row[3:] for row in rows}
        self.assertEqual(
            found, {(self.lamp, 2): (2, 4.5, 100.0), (self.lamp, 3): (1, 3.0, 0.0), (self.bulb, 2): (1, 2.0, 0.0)}
        )

    def test_a_company_sees_its_own_answers(self):
        """Answers of another company stay there."""
        other = self.env["res.company"].create({"name": "Voice Two"})
        team = self.env["crm.service.team"].create({"name": "Two", "company_id": other.id})
        self._given(
            self.env["crm.ticket"].create(
                {"name": "There", "company_id": other.id, "team_id": team.id, "partner_id": self.contact.id}
            ),
            1,
        )
        self._rate(5)
        [row] = self._groups(
            self.agent,
            "crm.voice.answer",
            [],
            ["__count", "value:avg"],
            [("contact_id", "=", self.contact.id)],
        )
        self.assertEqual(row, (1, 5.0))

    def test_quarters_against_the_baseline(self):
        """R095.1, R121: satisfaction by quarter on the scale 1-5, against a stored baseline and the +5 % goal."""
        self.company.crm_voice_min_answers = 2
        self.company.crm_satisfaction_goal = 5
        self.env["crm.satisfaction.baseline"].search([]).unlink()
        for year, month, values in ((2024, 1, (4, 2)), (2024, 4, (5, 4)), (2024, 7, (5,)), (2024, 10, (2, 3))):
            for value in values:
                self._rate(value, datetime(year, month, 15))
        baseline = (
            self.env["crm.satisfaction.baseline"]
            .with_user(self.supervisor)
            .create({"date_from": "2024-01-01", "date_to": "2024-03-31"})
        )
        baseline.action_measure()
        self.assertEqual((baseline.value, baseline.rate, baseline.answers), (3.0, 50.0, 2))
        rows = (
            self.env["crm.satisfaction.quarter"]
            .with_user(self.supervisor)
            .search([("company_id", "=", self.company.id), ("quarter", "<", "2025-01-01")], order="quarter")
        )
        self.assertEqual(rows.mapped("answers"), [2, 2, 1, 2])
        self.assertEqual(rows.mapped("goal_state"), ["worse", "reached", "no_data", "worse"])
        self.assertEqual(rows[1].value, 4.5)
        self.assertEqual((rows[1].baseline_value, rows[1].change), (3.0, 1.5))
        self.assertEqual((rows[1].rate, rows[1].baseline_rate, rows[1].goal_rate), (100.0, 50.0, 52.5))
        baseline.write({"value": 3.4, "rate": 60})
        self.env.flush_all()
        rows.invalidate_recordset()
        self.assertAlmostEqual(rows[1].change, 1.1)
        baseline.write({"date_from": "2020-01-01", "date_to": "2020-02-01"})
        with self.assertRaisesRegex(UserError, "0 answers in these days, 2 are needed"):
            baseline.action_measure()

    def test_change_over_any_months(self):
        """R095.2: the point change of the customer rating over any months chosen; too few answers say so."""
        self.company.crm_voice_min_answers = 2
        for month, values in ((1, (3, 3)), (9, (4, 5))):
            for value in values:
                self._rate(value, datetime(2024, month, 10))
        compare = (
            self.env["crm.voice.compare"]
            .with_user(self.supervisor)
            .create(
                {
                    "before_from": "2024-01-01",
                    "before_to": "2024-01-31",
                    "after_from": "2024-09-01",
                    "after_to": "2024-09-30",
                    "team_id": self.team.id,
                }
            )
        )
        self.assertEqual((compare.state, compare.change_value, compare.change_rate), ("ok", 1.5, 100.0))
        self.assertIn("+1.50 points", compare.text)
        compare.write({"after_from": "2024-10-01", "after_to": "2024-10-31"})
        self.assertEqual(compare.state, "no_data")
        self.assertIn("2 and 0 answers", compare.text)

    def test_very_satisfied_customers_buy_more(self):
        """R095.3: orders and margin of very satisfied against satisfied customers, from the own orders and invoices."""
        happy, content = self.env["res.partner"].create([{"name": "Happy", "email": "h@h.test"}, {"name": "Content"}])
        today = fields.Date.context_today(self.env["res.partner"])
        when = fields.Datetime.to_datetime(today) - timedelta(days=20)
        self._rate(5, when, happy)
        self._rate(4, when, content)
        self.lamp.write({"list_price": 100, "taxes_id": False})
        for partner, count in ((happy, 3), (content, 1)):
            for _number in range(count):
                order = self.env["sale.order"].create(
                    {
                        "partner_id": partner.id,
                        "order_line": [Command.create({"product_id": self.lamp.id, "product_uom_qty": 1})],
                    }
                )
                order.action_confirm()
        rows = self._groups(
            self.supervisor,
            "crm.satisfaction.customer",
            ["band"],
            ["customers:sum", "orders:sum", "orders_each:avg", "ordered_each:avg", "margin:sum"],
            [("partner_id", "in", (happy | content).ids)],
        )
        found = {row[0]: row[1:5] for row in rows}
        self.assertEqual(found, {"very": (1, 3, 3.0, 300.0), "satisfied": (1, 1, 1.0, 100.0)})


@tagged("post_install", "-at_install")
class TestVoiceFeedback(VoiceCommon):
    def _feedback(self, user=None, **values):
        return (
            self.env["crm.feedback"]
            .with_user(user or self.agent)
            .create({"name": "Too late", "contact_id": self.contact.id, **values})
        )

    def test_an_unhappy_customer_is_followed_up(self):
        """A low rating makes one complaint with an activity and a clock of its own in working hours."""
        ticket = self._solved(NOW, product_id=self.lamp.id)
        with freeze_time(datetime(2026, 3, 6, 15)):  # Friday; 8 working hours end on Monday
            token = ticket._rating_get_access_token()
            for rate in (2, 1):
                ticket.rating_apply(rate, token=token, feedback="Slow")
        feedback = self.env["crm.feedback"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(feedback.deadline, datetime(2026, 3, 9, 15))
        self.assertEqual((feedback.kind, feedback.source, feedback.product_id), ("complaint", "rating", self.lamp))
        self.assertEqual((feedback.clock_state, feedback.situation), ("running", "Slow"))
        self.assertEqual(feedback.activity_ids.user_id, self.agent)
        late = self.env["crm.feedback"]
        self.assertEqual(late._process_late(now=datetime(2026, 3, 9, 14)), 0)
        self.assertEqual(late._process_late(now=datetime(2026, 3, 9, 16)), 1)
        self.assertEqual(late._process_late(now=datetime(2026, 3, 9, 17)), 0)
        self.assertEqual((feedback.clock_state, feedback.breach_date), ("breached", feedback.deadline))
        feedback.with_user(self.agent).action_follow_up()
        self.assertEqual(feedback.clock_state, "breached", "what was late stays late")
        event = self.env["crm.customer.event"].search([("partner_id", "=", self.customer.id), ("kind", "=", "rated")])
        self.assertEqual((event.res_model, event.res_id), ("crm.ticket", ticket.id))
        praise = self._rate(5).sudo()
        self.assertFalse(self.env["crm.feedback"].search([("rating_id", "=", praise.id)]))

    def test_counts_by_type_product_and_department(self):
        """R093: an agent logs feedback by type; the manager sees counts by type, product and department."""
        for kind, product, department in (
            ("complaint", self.lamp, "logistics"),
            ("complaint", self.lamp, "logistics"),
            ("suggestion", self.lamp, "research"),
            ("praise", self.bulb, "service"),
        ):
            self._feedback(kind=kind, product_id=product.id, department=department)
        rows = self._groups(
            self.supervisor,
            "crm.feedback",
            ["kind", "product_id", "department"],
            ["__count"],
            [("partner_id", "=", self.customer.id)],
        )
        self.assertEqual(
            sorted((kind, product.name, department, count) for kind, product, department, count in rows),
            [
                ("complaint", "Voice Lamp", "logistics", 2),
                ("praise", "Voice Bulb", "service", 1),
                ("suggestion", "Voice Lamp", "research", 1),
            ],
        )

    def test_major_customer_reaches_the_account_manager(self):
        """R093.1: a major customer's report has a set format and is on the account manager's screen the same day."""
        seller = self._user("voice_seller", "base.group_user,sales_team.group_sale_salesman")
        self.customer.write({"user_id": seller.id, "deputy_user_id": self.supervisor.id, "is_special": True})
        with self.assertRaisesRegex(ValidationError, "What Happened, Effect on the Customer"), self.cr.savepoint():
            self._feedback(wish="A new one")
        report = {"situation": "Flickers", "impact": "Shop closed", "wish": "A new one", "source": "after_sales"}
        with freeze_time(NOW):
            feedback = self._feedback(**report)
        self.assertTrue(feedback.is_major)
        mine = self.env["mail.activity"].with_user(seller).search([("user_id", "=", seller.id)])
        self.assertEqual((mine.res_model, mine.res_id), ("crm.feedback", feedback.id))
        self.assertEqual(mine.date_deadline, NOW.date())
        seen = self.env["crm.feedback"].with_user(seller).search([("is_major", "=", True)])
        self.assertEqual(seen, feedback.with_user(seller))
        self.assertEqual(seen.impact, "Shop closed")
        stranger = self._user("voice_stranger", "base.group_user,sales_team.group_sale_salesman")
        self.assertFalse(self.env["crm.feedback"].with_user(stranger).search([]))

    def test_handled_by_month_and_channel(self):
        """R115: complaints handled by month, split by e-mail and letter."""
        for day, channel in (("2026-01-05", "email"), ("2026-01-20", "letter"), ("2026-02-03", "email")):
            feedback = self._feedback()
            with self.assertRaisesRegex(UserError, "How was the complaint answered"):
                feedback.action_done()
            feedback.reply_channel = channel
            with freeze_time(day):
                feedback.action_done()
        self._feedback(kind="praise").action_done()
        rows = self._groups(
            self.supervisor,
            "crm.feedback",
            ["date_handled:month", "reply_channel"],
            ["__count"],
            [("kind", "=", "complaint"), ("state", "=", "done"), ("partner_id", "=", self.customer.id)],
        )
        self.assertEqual(
            [(row[0].month, *row[1:]) for row in rows], [(1, "email", 1), (1, "letter", 1), (2, "email", 1)]
        )

    def test_complaints_by_product_and_cause_lead_to_actions(self):
        """R112, R120.2: complaints by product, cause and month open an action, tagged, with satisfaction around it."""
        cause = self.env["crm.root.cause"].create({"name": "Weak packaging"})
        complaints = self._feedback(product_id=self.lamp.id, cause_id=cause.id, date="2026-01-05")
        complaints |= self._feedback(product_id=self.lamp.id, cause_id=cause.id, date="2026-01-06")
        [row] = self._groups(
            self.supervisor,
            "crm.feedback",
            ["product_id", "cause_id", "date:month"],
            ["__count"],
            [("kind", "=", "complaint"), ("product_id", "=", self.lamp.id)],
        )
        self.assertEqual(row, (self.lamp, cause, datetime(2026, 1, 1), 2))
        action = complaints.with_user(self.supervisor).action_improve()
        improvement = (
            self.env["crm.improvement"]
            .with_user(self.supervisor)
            .with_context(**action["context"])
            .create({"name": "Boxes", "lever": "both", "date_start": "2026-01-10", "date_done": "2026-01-20"})
        )
        self.assertEqual(improvement.feedback_ids, complaints)
        self.assertEqual((improvement.product_id, improvement.cause_id), (self.lamp, cause))
        self.company.crm_voice_min_answers = 2
        self.assertIn("Not enough data: 0 answers before, 0 after", improvement.effect_text)
        for value, day in ((2, 5), (3, 6), (4, 21), (5, 22), (1, 15)):
            self._rate(value, datetime(2026, 1, day), product_id=self.lamp.id)
        self._rate(1, datetime(2026, 1, 22), product_id=self.bulb.id)
        self.env.flush_all()
        improvement.invalidate_recordset()
        self.assertEqual((improvement.before_value, improvement.before_answers), (2.5, 2))
        self.assertEqual((improvement.after_value, improvement.after_answers), (4.5, 2))
        self.assertIn("+2.00", improvement.effect_text)


@tagged("post_install", "-at_install")
class TestVoicePage(HttpCase):
    def test_five_steps_on_the_public_page(self):
        """The customer confirms one of five steps; a mail scanner that opens the links rates nothing."""
        team = self.env["crm.service.team"].create({"name": "Page team"})
        contact = self.env["res.partner"].create({"name": "Pia Page", "email": "pia@page.test"})
        ticket = self.env["crm.ticket"].create({"name": "Page", "team_id": team.id, "partner_id": contact.id})
        token = ticket._rating_get_access_token()
        page = self.url_open(f"/rate/{token}/4")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.text.count('name="rate"'), 5)
        self.assertFalse(ticket.rating_ids.consumed)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"/rate/{token}/7").status_code, 404)
            self.assertEqual(self.url_open("/rate/nonsense/4").status_code, 404)
        data = {"rate": "4", "feedback": "<b>fine</b>", "csrf_token": self._csrf(page.text)}
        self.assertEqual(self.url_open(f"/rate/{token}/submit_feedback", data=data).status_code, 200)
        ticket.invalidate_recordset()
        self.assertEqual((ticket.rating_ids.rating, ticket.rating_ids.consumed), (4, True))
        with mute_logger("odoo.http"):
            wrong = self.url_open(f"/rate/{token}/submit_feedback", data=data | {"rate": "x"})
        self.assertEqual(wrong.status_code, 404)

    def _csrf(self, text):
        return text.split('name="csrf_token" value="')[1].split('"')[0]
