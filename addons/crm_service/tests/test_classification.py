from odoo import Command, fields
from odoo.addons.mail.tests.common import MailCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .light import LightCommon

MAIL = """From: {sender}
To: {to}
Subject: {subject}
Message-ID: <{number}.answers@test>
{extra}MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

{body}
"""


class WrittenCommon(LightCommon, MailCommon):
    """A team that is written to; `_mail` delivers a mail and returns the ticket that it opened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        domain = cls.company.alias_domain_id or cls.env["mail.alias.domain"].search([], limit=1)
        cls.company.alias_domain_id = domain
        cls.team.alias_id.alias_domain_id = domain
        cls.number = 0

    def _mail(self, subject, body="Thank you", sender=None, extra=""):
        type(self).number += 1
        Ticket = self.env["crm.ticket"].with_context(active_test=False)
        last = Ticket.search([], order="id desc", limit=1).id or 0
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                None,
                MAIL.format(
                    sender=sender or self.contact.email_formatted,
                    to=self.team.alias_id.alias_full_name,
                    subject=subject,
                    body=body,
                    number=self.number,
                    extra=extra,
                ),
            )
        return Ticket.search([("id", ">", last)])


@tagged("post_install", "-at_install")
class TestClassification(WrittenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.defect = cls.env.ref("crm_service.crm_ticket_category_defect")
        cls.delivery = cls.env.ref("crm_service.crm_ticket_category_delivery")
        cls.now = fields.Datetime.now()
        cls.stage = cls.env["crm.ticket.stage"].search([("kind", "=", "closed")], limit=1)

    def _closed(self, number):
        """Close so many tickets, by turns on broken goods and on late parcels; in English and Chinese."""
        texts = (
            ("The glass is broken 玻璃破损", self.defect),
            ("My parcel is late 包裹晚点", self.delivery),
        )
        self.env["crm.ticket"].with_context(crm_ticket_automatic=True).create(
            [
                {
                    "name": texts[index % 2][0],
                    "category_id": texts[index % 2][1].id,
                    "team_id": self.team.id,
                    "stage_id": self.stage.id,
                    "date_solved": self.now,
                }
                for index in range(number)
            ]
        )

    def _train(self):
        return self.env["crm.classifier"]._process_training(self.team, self.now)

    def test_not_enough_data(self):
        """R106: below the minimum nothing is guessed, and the screen says why."""
        self._closed(38)
        classifier = self._train()
        self.assertFalse(classifier.ready)
        self.assertIn("Not enough data: 38 usable tickets in 2 categories", classifier.sentence)
        ticket = self._mail("Broken glass")
        self.assertFalse(ticket.category_id)
        self.assertFalse(ticket.classification_ids)

    def test_mail_gets_category_confidence_and_reasons(self):
        """R106: an incoming mail gets its category with a confidence, and the words that decided are told."""
        self._closed(40)
        classifier = self._train()
        self.assertTrue(classifier.ready)
        self.assertEqual(classifier.accuracy, 1)
        self.assertIn("Learned from 40 closed tickets in 2 categories; guesses 100 % right", classifier.sentence)
        self.assertEqual(self._train(), classifier, "a second run learns the same again")
        ticket = self._mail("Two broken ones", "The glass fell.\n> My parcel is late, parcel late parcel late")
        self.assertEqual(ticket.category_id, self.defect)
        guess = ticket.classification_ids
        self.assertTrue(guess.applied)
        self.assertGreater(guess.confidence, 0.7)
        self.assertEqual(guess.words, "broken, glass")
        text = ticket.with_user(self.agent).classification_text
        self.assertRegex(text, r"Guessed 'Defective goods', \d+ % sure, because: broken, glass\.")
        self.assertEqual(self._mail("包裹到哪里了，晚点了吗").category_id, self.delivery)
        self.assertFalse(self._mail("Greetings", "Nothing known here").classification_ids)

    def test_weak_guess_is_shown_and_not_set(self):
        """R106: below the team's threshold the category stays empty and the guess is only told."""
        self._closed(40)
        self._train()
        self.team.classify_threshold = 1
        ticket = self._mail("Broken glass and late parcel")
        self.assertFalse(ticket.category_id)
        self.assertIn("Not set below 100 %", ticket.classification_text)
        self.team.classify = False
        self.assertFalse(self._mail("Broken glass").classification_ids)

    def test_portal_request_is_classified_and_a_chosen_category_stays(self):
        """R106: a request without category from the portal is guessed; what the customer chose is not touched."""
        self._closed(40)
        self._train()
        values = {"name": "Broken glass", "team_id": self.team.id, "channel": "portal"}
        free, chosen = self.env["crm.ticket"].create([values, {**values, "category_id": self.delivery.id}])
        self.assertEqual(free.category_id, self.defect)
        self.assertEqual(chosen.category_id, self.delivery)
        self.assertFalse(chosen.classification_ids)

    def test_corrections_are_learned_and_accuracy_is_reported(self):
        """R106: a correction counts against the accuracy, teaches at once, and is kept by the next training."""
        self._closed(40)
        classifier = self._train()
        right, wrong, waiting = (self._mail("Broken glass, bulb") for _number in range(3))
        right.with_context(crm_ticket_automatic=True).stage_id = self.stage
        before = wrong.classification_ids.confidence
        wrong.with_user(self.agent).category_id = self.delivery
        self.assertTrue(wrong.classification_ids.corrected)
        self.assertIn("Corrected", wrong.classification_text)
        classifier.invalidate_recordset()
        self.assertEqual((classifier.right_count, classifier.judged_count, classifier.practice), (1, 2, 0.5))
        self.assertFalse(waiting.classification_ids.corrected)
        self.assertLess(self._mail("Broken glass, bulb").classification_ids.confidence, before)
        self.assertEqual(self._train().ticket_count, 42, "the solved one and the corrected one are learned, too")
        shares = self.env["crm.answer.fact"].with_user(self.supervisor)
        groups = shares._read_group([("team_id", "=", self.team.id)], ["team_id"], ["correct_share:avg", "__count"])
        self.assertEqual(groups, [(self.team, 0.5, 4)])
        wrong.with_user(self.agent).category_id = self.defect
        self.assertFalse(wrong.classification_ids.corrected, "the correction is taken back")

    def test_guessing_costs_one_look_up(self):
        """R106: other channels cost nothing; a mail without classifier costs one query more than none."""
        model = self.env["crm.ticket"]
        self.env["crm.classifier"]._guess(self.team, "warm", "up")
        with self.assertQueryCount(1):
            model._guess_category({"team_id": self.team.id}, "Broken", "glass")
        with self.assertQueryCount(0):
            model._guess_category({"team_id": self.team.id, "category_id": self.defect.id}, "Broken", "glass")

    def test_agents_do_not_change_guesses(self):
        """R106: accuracy comes from corrections; the records of it are not written by hand."""
        self._closed(40)
        self._train()
        guess = self._mail("Broken glass").classification_ids.with_user(self.agent)
        with self.assertRaises(AccessError):
            guess.confidence = 1
        with self.assertRaises(AccessError):
            guess.unlink()

    def test_gaps_of_frequent_problems(self):
        """R088: problems that come up often without a good solution are listed, with their tickets; solved ones not."""
        self._closed(12)
        Gap = self.env["crm.solution.gap"]
        found = Gap._process_gaps(self.company, self.now).filtered(lambda gap: "glass" in gap.name)
        self.assertEqual((found.ticket_count, found.category_id, found.reason), (6, self.defect, "none"))
        tickets = found.ticket_ids
        self.assertEqual(found.with_user(self.agent).action_open_tickets()["domain"], [("id", "in", tickets.ids)])
        context = found.action_write_solution()["context"]
        solution = self.env["crm.solution"].with_user(self.agent).with_context(**context).create({"answer": "New one"})
        self.assertIn(self.defect, solution.category_ids)
        solution.with_user(self.supervisor).action_approve()
        names = Gap._process_gaps(self.company, self.now).mapped("name")
        self.assertFalse([name for name in names if "glass" in name])
        self.env["crm.solution.use"].create(
            [{"ticket_id": ticket.id, "solution_id": solution.id, "vote": "no"} for ticket in tickets]
        )
        gap = Gap._process_gaps(self.company, self.now).filtered(lambda item: "glass" in item.name)
        self.assertEqual((gap.reason, gap.solution_id), ("poor", solution))


@tagged("post_install", "-at_install")
class TestRoutes(WrittenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Dealer"})
        cls.question = cls.env["crm.standard.question"].create(
            {
                "name": "Opening hours",
                "phrases": "when are you open",
                "answer": "<p>From 8 to 5.</p>",
                "state": "approved",
                "automatic": True,
            }
        )
        cls.human, cls.machine = cls.env["crm.answer.route"].create(
            [
                {"name": "Dealers by hand", "sequence": 1, "tag_ids": [Command.link(cls.tag.id)]},
                {
                    "name": "Hours",
                    "sequence": 2,
                    "keywords": "opening hours\nwhen are you open",
                    "handling": "automatic",
                    "answer_kind": "question",
                },
            ]
        )

    def _answers(self, tickets=None):
        """Run the automatic answers; return (tickets answered, mails sent)."""
        Ticket = self.env["crm.ticket"]
        with self.mock_mail_gateway():
            answered = (tickets or Ticket._automatic_waiting())._process_automatic(fields.Datetime.now())
        return answered, self._new_mails

    def test_group_and_need_decide_and_the_ticket_shows_it(self):
        """R108: the first route that fits customer group and request decides; each ticket says which and why."""
        ticket = self._mail("When are you open?")
        self.assertEqual((ticket.route, ticket.route_id), ("automatic", self.machine))
        self.assertEqual(
            ticket.with_user(self.agent).route_text,
            "Answered automatically by route 'Hours': words 'when are you open'.",
        )
        self.customer.category_id = self.tag
        ticket = self._mail("When are you open?")
        self.assertEqual((ticket.route, ticket.route_id), ("human", self.human))
        self.assertIn("tag of the customer", ticket.route_text)
        ticket = self._mail("Something else", sender="new@person.test")
        self.assertEqual(ticket.route_text, "An agent answers: none of 2 routes fits.")
        self.assertEqual(self._ticket(channel="phone").route_text, "An agent answers: the request came by 'Phone'.")

    def test_category_and_class_decide(self):
        """R108: customer class and category of the request are conditions, too."""
        category = self.env.ref("crm_service.crm_ticket_category_delivery")
        self.machine.write({"customer_class": "a", "category_ids": [Command.set(category.ids)], "keywords": False})
        values = {"name": "x", "team_id": self.team.id, "partner_id": self.contact.id, "channel": "portal"}
        values["category_id"] = category.id
        ticket = self.env["crm.ticket"].create(dict(values))
        self.assertEqual(ticket.route, "human")
        self.customer.customer_role = "agent"
        self.env["crm.scorecard"]._run(self.company)
        ticket = self.env["crm.ticket"].create(dict(values))
        self.assertEqual(ticket.route, "automatic")
        self.assertIn("customer of class A, category 'Delivery'", ticket.route_text)

    def test_routes_are_set_by_managers_and_looked_up_once(self):
        """R108: agents cannot change routes; a request without routes costs no query for them."""
        with self.assertRaises(AccessError):
            self.machine.with_user(self.agent).handling = "human"
        (self.human | self.machine).with_user(self.supervisor).active = False
        choose = self.env["crm.answer.route"]._choose
        nobody, nothing = self.env["res.partner"], self.env["crm.ticket.category"]
        route, sentence = choose(self.company, self.team, nobody, nothing, "opening hours")
        self.assertFalse(route)
        self.assertEqual(sentence, "An agent answers: no route is set up.")
        with self.assertQueryCount(0):
            choose(self.company, self.team, nobody, nothing, "opening hours")

    def test_standard_question_is_answered_and_closed(self):
        """R104: the question gets its approved answer, is marked, closed, counted, and a robot would not answer it."""
        ticket = self._mail("When are you open?")
        self.assertFalse(self._new_mails, "the answer follows at once: no acknowledgement")
        answered, mails = self._answers()
        self.assertEqual(answered, ticket)
        self.assertIn("From 8 to 5", mails.body_html)
        self.assertEqual(mails.recipient_ids, self.contact)
        self.assertIn("auto-replied", mails.headers)
        self.assertTrue(ticket.auto_answered)
        self.assertEqual(ticket.stage_kind, "closed")
        self.assertTrue(ticket.date_first_response)
        self.assertEqual((self.question.use_count, self.question.automatic_count), (1, 1))
        answered, mails = self._answers(ticket)
        self.assertFalse(answered | answered.browse(), "the second run answers nothing")
        self.assertFalse(mails)

    def test_reply_reopens_to_an_agent(self):
        """R104: the customer's reply opens the ticket again for a person; a robot's reply does not."""
        self.team.user_id = self.supervisor
        ticket = self._mail("When are you open?")
        self._answers()
        answer = ticket.message_ids.filtered(lambda message: message.message_type == "auto_comment")[:1]
        reference = f"In-Reply-To: {answer.message_id}\nReferences: {answer.message_id}\n"
        self._mail("Re: open", "I am away", extra=f"{reference}Auto-Submitted: auto-replied\n")
        self.assertEqual((ticket.stage_kind, ticket.route), ("closed", "automatic"))
        self._mail("Re: open", "That is not what I asked", extra=reference)
        self.assertEqual((ticket.stage_kind, ticket.route), ("open", "human"))
        self.assertIn(ticket.user_id, self.team.member_ids)
        self.assertTrue(ticket.auto_reopened)
        self.assertIn("the customer replied", ticket.route_text)
        self.assertFalse(self._answers()[0], "it is not answered automatically again")

    def test_two_questions_at_once_go_to_an_agent(self):
        """R104: when not exactly one question fits, a person answers and the customer gets an acknowledgement."""
        self.question.copy({"name": "Opening time of the shop", "phrases": "when are you open", "state": "approved"})
        ticket = self._mail("When are you open?")
        answered, mails = self._answers()
        self.assertFalse(answered)
        self.assertEqual((ticket.route, ticket.automatic_state), ("human", "refused"))
        self.assertIn("no standard question fits, or more than one", ticket.route_text)
        self.assertIn(ticket.number, mails.subject)
        self.assertFalse(ticket.date_first_response)

    def test_who_is_not_answered(self):
        """R104, R107: strangers, addresses of two customers and a ticket in work are left to a person."""
        cases = {
            "no known contact": self._mail("When are you open?", sender="new@person.test"),
            "several customers": self._mail("When are you open?", sender="twice@customers.test"),
        }
        self.env["res.partner"].create([{"name": name, "email": "twice@customers.test"} for name in ("One", "Two")])
        cases["several customers"].partner_id = self.env["res.partner"].search([("name", "=", "One")], limit=1)
        cases["works on it already"] = self._mail("When are you open?")
        cases["works on it already"].user_id = self.agent
        self.assertFalse(self._answers()[0])
        for reason, ticket in cases.items():
            self.assertIn(reason, ticket.route_text)

    def test_two_machines_stop_talking(self):
        """R104: at most three automatic answers go to one address within an hour."""
        for _number in range(4):
            self._mail("When are you open?")
        answered, mails = self._answers()
        self.assertEqual(len(answered), 3)
        self.assertEqual(len(mails.filtered(lambda mail: "From 8 to 5" in mail.body_html)), 3)

    def test_closing_only_where_allowed(self):
        """R104: where the administrator does not allow it, the answered ticket stays open for an agent."""
        self.machine.close = False
        ticket = self._mail("When are you open?")
        self._answers()
        self.assertTrue(ticket.auto_answered)
        self.assertNotIn(ticket.stage_kind, ("solved", "closed"))

    def test_share_of_automatic_answers(self):
        """R107: the share answered automatically is reported, and of those the share without a reply."""
        first = self._mail("When are you open?")
        self._mail("When are you open?")
        self._mail("Something else")
        self._answers()
        first._customer_replied()
        groups = (
            self.env["crm.answer.fact"]
            .with_user(self.supervisor)
            ._read_group([("team_id", "=", self.team.id)], [], ["__count", "automatic_share:avg", "entirely_share:avg"])
        )
        self.assertEqual([round(value, 4) for value in groups[0]], [3, 0.6667, 0.3333])
