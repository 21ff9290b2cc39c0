from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..tools import voice
from .test_voice import NOW, VoiceCommon


@tagged("post_install", "-at_install")
class TestVoiceSurvey(VoiceCommon):
    def _score(self, partner, customer_class="c", **values):
        """Give the customer a newest scorecard."""
        cards = self.env["crm.scorecard"].sudo()
        cards.search([("partner_id", "=", partner.id)]).unlink()
        month = self.env["crm.company.scorecard"].sudo().search([("company_id", "=", self.company.id)], limit=1)
        month = month or self.env["crm.company.scorecard"].sudo().create(
            {"company_id": self.company.id, "period": "2026-03-01"}
        )
        return cards.create(
            {
                "month_id": month.id,
                "company_id": self.company.id,
                "partner_id": partner.id,
                "period": month.period,
                "date": "2026-03-31",
                "is_latest": True,
                "customer_class": customer_class,
                **values,
            }
        )

    def test_brand_image_and_buying_again(self):
        """R116, R117: mean brand image with its sample size; share "would buy again" by month and class."""
        survey = self._survey(
            {"title": "Our name?", "scale_min": 0, "scale_max": 10, "crm_measure": "brand"},
            {
                "title": "Again?",
                "question_type": "simple_choice",
                "crm_measure": "repurchase",
                "suggested_answer_ids": [
                    Command.create({"value": "Yes", "crm_value": 5}),
                    Command.create({"value": "No", "crm_value": 1}),
                    Command.create({"value": "Do not know", "crm_value": 0}),
                ],
            },
        )
        brand, again = survey.question_ids
        yes, no, unknown = again.suggested_answer_ids
        self._score(self.customer, "a")
        self._score(self.other, "c")
        for image, choice, month, partner in (
            (10, yes, 1, self.contact),
            (5, yes, 1, self.contact),
            (0, no, 1, self.other),
            (10, no, 2, self.contact),
            (10, unknown, 2, self.other),
        ):
            self._answers(survey, {brand: image, again: choice}, datetime(2026, month, 9), partner)
        self._answers(survey, {brand: 0, again: no}, datetime(2026, 1, 9), state="in_progress")
        self._answers(survey, {brand: 0, again: no}, datetime(2026, 1, 9), test_entry=True)
        domain = [("survey_id", "=", survey.id)]
        [image] = self._groups(
            self.supervisor, "crm.voice.answer", [], ["answers:sum", "value:avg"], [*domain, ("measure", "=", "brand")]
        )
        self.assertEqual(image, (5, 3.8))
        rows = self._groups(
            self.supervisor,
            "crm.voice.answer",
            ["date:month", "customer_class"],
            ["__count", "positive:avg"],
            [*domain, ("measure", "=", "repurchase")],
        )
        self.assertEqual(
            {(row[0].month, row[1]): row[2:] for row in rows},
            {(1, "a"): (2, 100.0), (1, "c"): (1, 0.0), (2, "a"): (1, 0.0)},
        )
        answer = self.env["crm.voice.answer"].search(domain, limit=1)
        self.assertEqual(answer.with_user(self.supervisor).action_open_source()["res_model"], "survey.user_input")
        with self.assertRaisesRegex(UserError, "opened by service managers"):
            answer.with_user(self.agent).action_open_source()
        with self.assertRaisesRegex(ValidationError, "a scale or a single choice"):
            brand.question_type = "text_box"

    def test_expectation_against_experience(self):
        """R120, R120.1: gap per product, and the four quadrants beside sales and repurchase, as the rule says."""
        self.company.crm_voice_min_answers = 1
        products = self.lamp | self.bulb
        products |= self.env["product.product"].create({"name": "Voice Shade"})
        survey = self._survey(
            *[
                {"title": measure, "crm_measure": measure, "crm_product_id": product.id}
                for product in products
                for measure in ("expectation", "experience")
            ]
        )
        now = fields.Datetime.now() - timedelta(days=1)
        questions = {(q.crm_product_id, q.crm_measure): q for q in survey.question_ids}
        given = {self.lamp: (2, 5), self.bulb: (5, 2)}
        for product, (expected, found) in given.items():
            values = {questions[product, "expectation"]: expected, questions[product, "experience"]: found}
            self._answers(survey, values, now)
        self._answers(survey, {questions[products[2], "expectation"]: 3}, now)
        self.env.flush_all()
        rows = self.env["crm.product.quadrant"].with_user(self.supervisor).search([("product_id", "in", products.ids)])
        found = {row.product_id: row for row in rows}
        self.assertEqual((found[self.lamp].gap, found[self.bulb].gap), (3.0, -3.0))
        self.assertEqual(found[self.lamp].expectation_answers, 1)
        self.assertEqual(found[products[2]].quadrant, "no_data")
        for product in (self.lamp, self.bulb):
            row = found[product]
            expected = voice.quadrant(row.expectation, row.experience, row.sales, row.repurchase or None, (0, 0))
            self.assertEqual(row.quadrant, expected)
        self.assertEqual(found[self.bulb].quadrant, "overpromised")

    def test_touchpoints_and_names(self):
        """R118: mean rating per touchpoint and the share greeted by name, noted by an agent and from surveys."""
        notes = self.env["crm.touch.rating"].with_user(self.agent)
        for touchpoint, rating, named in (
            ("phone", 5, "yes"),
            ("phone", 4, "no"),
            ("phone", 0, "no"),
            ("visit", 3, "unknown"),
        ):
            notes.create({"contact_id": self.contact.id, "touchpoint": touchpoint, "rating": rating, "named": named})
        with self.assertRaisesRegex(ValidationError, "rating or whether"):
            notes.create({"contact_id": self.contact.id, "touchpoint": "visit"})
        survey = self._survey({"crm_measure": "satisfaction"}, crm_touchpoint="delivery")
        self._answers(survey, {survey.question_ids: 2})
        rows = self._groups(
            self.supervisor,
            "crm.voice.answer",
            ["touchpoint", "measure"],
            ["__count", "value:avg", "positive:avg"],
            [("partner_id", "=", self.customer.id), ("touchpoint", "!=", False)],
        )
        found = {row[:2]: row[2:] for row in rows}
        self.assertEqual(found["phone", "satisfaction"], (2, 4.5, 100.0))
        self.assertEqual(found["phone", "named"][0], 3)
        self.assertAlmostEqual(found["phone", "named"][2], 100 / 3)
        self.assertEqual(found["visit", "satisfaction"][:2], (1, 3.0))
        self.assertEqual(found["delivery", "satisfaction"][:2], (1, 2.0))

    def test_names_before_and_after_a_campaign(self):
        """R118.1: the name-recognition rate of valued customers before and after a campaign."""
        self.company.crm_voice_min_answers = 2
        self._score(self.customer, "a")
        self._score(self.other, "c")
        notes = self.env["crm.touch.rating"].with_user(self.agent)
        for day, named, partner in (
            (2, "no", self.contact),
            (3, "yes", self.contact),
            (11, "yes", self.contact),
            (12, "yes", self.contact),
            (12, "no", self.other),
        ):
            notes.create(
                {
                    "contact_id": partner.id,
                    "touchpoint": "phone",
                    "named": named,
                    "date": datetime(2026, 1, day),
                    "company_id": self.company.id,
                }
            )
        compare = (
            self.env["crm.voice.compare"]
            .with_user(self.supervisor)
            .new({"measure": "named", "valued_only": True, "campaign_date": "2026-01-10", "campaign_days": 9})
        )
        compare._onchange_campaign()
        self.assertEqual((compare.before_answers, compare.before_rate), (2, 50.0))
        self.assertEqual((compare.after_answers, compare.after_rate, compare.change_rate), (2, 100.0, 50.0))

    def test_form_of_address(self):
        """R118.2: the agent's screen and the reply show how the contact wants to be addressed."""
        self.contact.preferred_address = "Ms Dr. Licht"
        ticket = self._ticket().with_user(self.agent)
        self.assertEqual(ticket.contact_salutation, "Ms Dr. Licht")
        self.assertIn("contact_salutation", ticket.get_view(view_type="form")["models"]["crm.ticket"])
        self.assertEqual(self.contact._crm_salutation(), "Dear Ms Dr. Licht")
        self.assertEqual(self.other._crm_salutation(), "Dear Otto Other")
        reply = self.env["crm.reply.template"].create({"name": "Short", "preview_ticket_id": ticket.id})
        self.assertIn("Dear Ms Dr. Licht,", reply.with_user(self.agent).preview)
        template = self.env.ref("crm_service.mail_template_rating_request").sudo()
        body = template._render_field("body_html", ticket.ids)[ticket.id]
        self.assertIn("Dear Ms Dr. Licht,", body.replace("<span>", "").replace("</span>", ""))

    def test_care_index(self):
        """R124: the care index by variable and stage, from 0 to 100."""
        survey = self._survey(
            {"crm_measure": "care", "crm_care_variable": "communication", "crm_care_stage": "before"},
            {"crm_measure": "care", "crm_care_variable": "communication", "crm_care_stage": "after"},
            {"crm_measure": "care", "crm_care_variable": "relations", "crm_care_stage": "during"},
        )
        for values in ((5, 1, 3), (3, 1, 3)):
            self._answers(survey, dict(zip(survey.question_ids, values, strict=True)))
        rows = self._groups(
            self.supervisor,
            "crm.voice.answer",
            ["care_variable", "care_stage"],
            ["__count", "index:avg"],
            [("survey_id", "=", survey.id)],
        )
        self.assertEqual(
            {row[:2]: row[2:] for row in rows},
            {
                ("communication", "before"): (2, 75.0),
                ("communication", "after"): (2, 0.0),
                ("relations", "during"): (2, 50.0),
            },
        )

    def test_four_aspects_of_a_customer(self):
        """R124.1: care acts and ratings of a customer in the four aspects."""
        survey = self._survey({"crm_measure": "care", "crm_aspect": "product_quality"})
        self._answers(survey, {survey.question_ids: 4})
        self._rate(2)
        act = self.env["crm.care.action"].create(
            {"name": "Call", "kind": "maintenance", "partner_id": self.contact.id, "company_id": self.company.id}
        )
        self.assertEqual(act.aspect, "after_sales")
        act.write({"state": "done", "date_done": NOW})
        rows = self._groups(
            self.supervisor,
            "crm.care.aspect",
            ["aspect"],
            ["actions:sum", "answers:sum", "value:avg"],
            [("partner_id", "=", self.customer.id)],
        )
        self.assertEqual(
            {row[0]: row[1:] for row in rows}, {"product_quality": (0, 1, 4.0), "after_sales": (1, 1, 2.0)}
        )


@tagged("post_install", "-at_install")
class TestVoicePanel(VoiceCommon):
    def test_a_panel_is_asked_again_and_again(self):
        """R119: a manager makes a panel, the survey goes out regularly, the temperature trend and actions are seen."""
        self.company.crm_voice_min_answers = 2
        people = self.env["res.partner"].create(
            [{"name": f"Member {number}", "email": f"m{number}@panel.test"} for number in range(4)]
        )
        nobody = self.env["res.partner"].create({"name": "No mail"})
        survey = self._survey({"title": "Warm?", "crm_measure": "temperature"})
        panel = (
            self.env["crm.panel"]
            .with_user(self.supervisor)
            .create({"name": "Readers", "survey_id": survey.id, "interval_months": 3, "next_date": "2026-01-01"})
        )
        self.assertEqual(panel._add_members(people[:3] | nobody), 3)
        self.assertEqual(panel._add_members(people), 1, "nobody joins twice")
        panel.member_ids.filtered(lambda member: member.partner_id == people[3]).active = False
        panels = self.env["crm.panel"]
        self.assertEqual(panels._process_waves(now=datetime(2026, 1, 2)), 1)
        self.assertEqual(panels._process_waves(now=datetime(2026, 1, 2)), 0)
        self.assertEqual(panel.next_date, fields.Date.to_date("2026-04-02"))
        wave = panel.wave_ids
        self.assertEqual(wave.asked, 3)
        waves = self.env["crm.panel.wave"]
        before = self.env["mail.mail"].sudo().search_count([])
        self.assertEqual(waves._process_invitations(now=datetime(2026, 1, 2), limit=2), 2)
        self.assertEqual(waves._process_invitations(now=datetime(2026, 1, 2), limit=2), 1, "goes on after a kill")
        self.assertEqual(waves._process_invitations(now=datetime(2026, 1, 2)), 0)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]) - before, 3)
        self._fill(wave, (3, 3))
        self.assertEqual(panels._process_waves(now=datetime(2026, 4, 2)), 1)
        self._fill(panel.wave_ids - wave, (5, 4))
        self.env.invalidate_all()
        self.assertEqual(panel.wave_ids.sorted("date").mapped("temperature"), [50.0, 87.5])
        self.assertIn("+37.5 against the wave before", panel.temperature_text)
        self.env["crm.improvement"].with_user(self.supervisor).create({"name": "Warmer", "panel_id": panel.id})
        self.assertEqual(panel.improvement_count, 1)
        panel.survey_id = False
        with self.assertRaisesRegex(UserError, "Choose a survey"):
            panel.action_start_wave()

    def _fill(self, wave, values):
        """The first members answer on the survey's own path."""
        asked = self.env["survey.user_input"].search([("crm_wave_id", "=", wave.id)], order="id", limit=len(values))
        for answer, value in zip(asked, values, strict=True):
            self.assertEqual(answer.predefined_question_ids, wave.panel_id.survey_id.question_ids)
            answer._mark_in_progress()
            answer._save_lines(answer.survey_id.question_ids, value)
            answer._mark_done()

    def test_ten_thousand_members(self):
        """R119: 10,000 members join and are asked in a handful of statements."""
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO res_partner SELECT copied.* FROM generate_series(1, 10000) n, res_partner template,
                      LATERAL jsonb_populate_record(NULL::res_partner, to_jsonb(template) || jsonb_build_object(
                          'id', nextval('res_partner_id_seq'), 'email', 'p' || n || '@many.test',
                          'email_normalized', 'p' || n || '@many.test')) copied
                WHERE template.id = %s RETURNING id""",
            [self.other.id],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        survey = self._survey({"crm_measure": "temperature"})
        panel = self.env["crm.panel"].create({"name": "Many", "survey_id": survey.id})
        self.env.flush_all()
        with self.assertQueryCount(40):
            self.assertEqual(panel._add_members(self.env["res.partner"].browse(ids)), 10000)
            wave = panel._start_wave(NOW)
        self.assertEqual(wave.asked, 10000)
        self.assertEqual((panel.member_count, wave.answered), (10000, 0))
        self.assertIn("Not enough data: 0 answers", wave.temperature_text)

    def test_an_agent_does_not_run_panels(self):
        """Panels are a manager's."""
        with self.assertRaises(Exception) as caught:
            self.env["crm.panel"].with_user(self.agent).create({"name": "Mine"})
        self.assertEqual(type(caught.exception).__name__, "AccessError")


@tagged("post_install", "-at_install")
class TestVoiceChurn(VoiceCommon):
    def _order(self, partner, amount, when):
        """Make a confirmed order of this amount at this moment."""
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.lamp.id, "product_uom_qty": 1, "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        order.action_confirm()
        order.date_order = when
        return order

    def _complain(self, partner, when, **values):
        return (
            self.env["crm.feedback"]
            .with_user(self.agent)
            .create({"name": "Bad", "contact_id": partner.id, "date": when, **values})
        )

    def test_three_facts_make_a_churn_risk(self):
        """R111: frequent customers with complaint, low post-delivery rating and falling orders, the facts shown."""
        self.company.crm_churn_days = 100
        today = fields.Datetime.to_datetime(fields.Date.context_today(self.env["res.partner"]))

        def ago(days):
            return today - timedelta(days=days)

        for partner in (self.contact, self.other):
            for days, amount in ((150, 300), (140, 200), (10, 100)):
                self._order(partner, amount, ago(days))
        self._complain(self.contact, ago(5))
        self._rate(2, ago(4))
        self._rate(5, ago(4), self.other)
        self._rate(1, ago(130), self.other)
        self.env.flush_all()
        rows = (
            self.env["crm.churn.match"]
            .with_user(self.supervisor)
            .search([("partner_id", "in", (self.customer | self.other).ids)])
        )
        risk, other = rows
        self.assertEqual((risk.partner_id, risk.facts, risk.is_frequent), (self.customer, 3, True))
        self.assertEqual((risk.complaints, risk.low_rating, risk.decline), (1, 2.0, 80.0))
        self.assertEqual((risk.ordered_before, risk.ordered), (500.0, 100.0))
        self.assertIn("1 complaints, the last on", risk.complaint_text)
        self.assertIn("rated 2 of 5", risk.rating_text)
        self.assertIn("orders fell from", risk.order_text)
        self.assertEqual((other.partner_id, other.facts), (self.other, 1))
        self.assertEqual((other.complaint_text, other.rating_text), ("no complaint", "no low rating"))

    def test_winning_back(self):
        """R111.1: complaint customers followed up, recovered and ordering again within N days."""
        self.company.crm_winback_days = 30
        now = fields.Datetime.now()
        won = self._complain(self.contact, now - timedelta(days=20))
        won.action_follow_up()
        won.outcome = "recovered"
        self._order(self.contact, 70, now - timedelta(days=5))
        late = self._complain(self.other, now - timedelta(days=60))
        self._order(self.other, 70, now - timedelta(days=10))
        fresh = self._complain(self.other, now - timedelta(days=2))
        self.env.flush_all()
        rows = self.env["crm.winback"].with_user(self.supervisor).browse((won | late | fresh).ids)
        self.assertEqual(rows.mapped("status"), ["won", "lost", "open"])
        self.assertEqual((rows[0].days_to_order, rows[0].ordered), (15, 70.0))
        [shares] = self._groups(
            self.supervisor,
            "crm.winback",
            [],
            ["complaints:sum", "followed:avg", "recovered:avg", "again:avg"],
            [("id", "in", rows.ids)],
        )
        self.assertEqual([round(value, 1) for value in shares], [3, 33.3, 33.3, 33.3])

    def test_lost_customers_by_reason(self):
        """R111.2: lost customers by reason with the share of insufficient care."""
        care, price = (
            self.env.ref("crm_service.crm_loss_reason_care"),
            self.env.ref("crm_service.crm_loss_reason_price"),
        )
        partners = self.env["res.partner"].create([{"name": f"Lost {number}"} for number in range(4)])
        month = self.env["crm.company.scorecard"].create({"company_id": self.company.id, "period": "2020-03-01"})
        self.env["crm.scorecard"].create(
            [
                {
                    "month_id": month.id,
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "period": month.period,
                    "date": "2020-03-31",
                    "is_latest": True,
                    "lifecycle": "lost",
                }
                for partner in partners
            ]
        )
        report = self.env["crm.lost.customer"].with_user(self.supervisor)
        domain = [("partner_id", "in", partners.ids)]
        self.env.flush_all()
        self.assertEqual(report._care_share(domain), (0, None))
        for partner, reason in zip(partners[:3], (care, price, care), strict=True):
            row = report.search([("partner_id", "=", partner.id)])
            context = row.action_record_reason()["context"]
            losses = self.env["crm.customer.loss"].with_user(self.agent).with_context(**context)
            losses.create({"reason_id": price.id, "date": "2020-04-01"})
            losses.create({"reason_id": reason.id, "date": "2020-04-02"})
        rows = self._groups(self.supervisor, "crm.lost.customer", ["reason_id"], ["customers:sum"], domain)
        self.assertEqual({row[0]: row[1] for row in rows}, {care: 2, price: 1, self.env["crm.loss.reason"]: 1})
        [shares] = self._groups(
            self.supervisor, "crm.lost.customer", [], ["known:avg", "care:avg", "care_low:avg", "care_high:avg"], domain
        )
        self.assertEqual([round(value, 2) for value in shares], [75.0, 66.67, 20.77, 93.85])

    def test_metrics_of_the_company(self):
        """R115, R116, R117: complaints handled by e-mail or letter, brand image and buying again feed the scorecard."""
        self.company.crm_voice_min_answers = 2
        survey = self._survey({"crm_measure": "brand"}, {"crm_measure": "repurchase"}, {"crm_measure": "named"})
        day = datetime(2020, 5, 9)
        for values in ((4, 5, 5), (3, 2, 1)):
            self._answers(survey, dict(zip(survey.question_ids, values, strict=True)), day)
        self._rate(4, day)
        complaint = self._complain(self.contact, day, reply_channel="letter")
        complaint.action_done()
        complaint.date_handled = day
        self.env.flush_all()
        start, stop = fields.Date.to_date("2020-05-01"), fields.Date.to_date("2020-06-01")
        found = {}
        for code in ("complaints_handled", "brand_image", "repurchase", "greeted_by_name", "satisfaction"):
            metric = self.env.ref(f"crm_service.crm_metric_company_{code}")
            rows = self.env.execute_query(metric._source(self.company, start, stop))
            found[code] = float(rows[0][1]) if rows else None
        self.assertEqual(
            found,
            {
                "complaints_handled": 1.0,
                "brand_image": 3.5,
                "repurchase": 50.0,
                "greeted_by_name": 50.0,
                "satisfaction": None,
            },
        )
        for code, value in (("voice_satisfaction", 4.0), ("voice_complaints", 1.0)):
            metric = self.env.ref(f"crm_service.crm_metric_{code}")
            rows = dict(self.env.execute_query(metric._source(self.company, start, stop)))
            self.assertEqual(float(rows[self.customer.id]), value)
