from datetime import datetime, timedelta

from odoo import Command
from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .light import LightCommon

NOW = datetime(2026, 3, 2, 10)


@tagged("post_install", "-at_install")
class TestDeskAssignment(LightCommon):
    """Question groups, skills, presence, load; the log of owners and the supervisor's board."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._user("light_second", "crm_service.group_service_user")
        cls.third = cls._user("light_third", "crm_service.group_service_user")
        cls.team.write({"member_ids": [Command.set((cls.agent | cls.second | cls.third).ids)], "assign_method": "auto"})
        cls.lamps = cls.env["product.category"].create({"name": "Lamps"})
        cls.spots = cls.env["product.category"].create({"name": "Spots", "parent_id": cls.lamps.id})
        cls.spot = cls.env["product.product"].create({"name": "Spot 12 V", "categ_id": cls.spots.id})
        cls.group_lamps = cls.env["crm.question.group"].create(
            {"name": "Lamps", "sequence": 1, "category_ids": cls.lamps.ids, "keywords": "lamp, flicker"}
        )
        cls.group_money = cls.env["crm.question.group"].create(
            {"name": "Money", "sequence": 2, "keywords": "invoice\nprice, 发票"}
        )

    @classmethod
    def _skill(cls, user, group=None, level="2"):
        return cls.env["crm.agent.skill"].create(
            {"user_id": user.id, "group_id": (group or cls.group_lamps).id, "level": level}
        )

    def _new(self, **values):
        return self._ticket(**{"user_id": False, **values})

    def _log(self, ticket):
        return ticket.assignment_ids.sorted("id")

    # === R100 === #

    def test_product_and_keywords_name_the_group_and_totals_follow(self):
        """R100: a ticket joins the group of its product's category or of its words, with the reason; totals follow."""
        by_product = self._new(name="Help", product_id=self.spot.id)
        by_words = self._new(name="Your invoice", description="<p>The <b>price</b> is wrong</p>")
        chinese = self._new(name="请寄发票")
        nothing = self._new(name="Hello")
        self.assertEqual(by_product.question_group_id, self.group_lamps)
        self.assertIn("Spot 12 V", by_product.question_group_reason)
        self.assertEqual(by_words.question_group_id, self.group_money)
        self.assertIn("invoice, price", by_words.question_group_reason)
        self.assertEqual(chinese.question_group_id, self.group_money)
        self.assertFalse(nothing.question_group_id)
        nothing.with_user(self.agent).description = "It does flicker"
        self.assertEqual(nothing.question_group_id, self.group_lamps)
        by_words.with_context(crm_ticket_automatic=True).action_solve()
        groups = (self.group_lamps | self.group_money).with_user(self.supervisor)
        self.assertEqual(groups.mapped("ticket_count"), [2, 2])
        self.assertEqual(groups.mapped("open_count"), [2, 1])
        found = self.env["crm.ticket"].search(groups[1].action_open_tickets()["domain"])
        self.assertEqual(found, by_words | chinese)

    def test_group_chosen_by_hand_stays_and_a_rule_needs_a_criterion(self):
        """R100: what an agent chose is not overruled by a later edit; an empty group is refused."""
        ticket = self._new(name="Lamp").with_user(self.agent)
        ticket.question_group_id = self.group_money
        ticket.name = "Lamp flickers"
        self.assertEqual(ticket.question_group_id, self.group_money)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env["crm.question.group"].create({"name": "Empty", "keywords": " ,\n"})

    def test_no_group_costs_no_query(self):
        """Where no group is defined and no team assigns by itself, a ticket is created without a query more."""
        (self.group_lamps | self.group_money).unlink()
        self.team.assign_method = "manual"
        ticket = self._new()
        self.env["crm.question.group"]._rules()
        self.env["crm.service.team"]._auto_team_ids()
        with self.assertQueryCount(0):
            ticket._group_questions()
            self.assertFalse(ticket._waits_for_assignment())

    # === R101 === #

    def test_new_request_goes_to_the_skilled_agent_with_the_lowest_load(self):
        """R101: present, skilled in the group, lowest weighted load; the choice is logged with its sentence."""
        self._skill(self.agent)
        self._skill(self.second, level="3")
        self._ticket(user_id=self.second.id, priority="3")
        self._ticket(user_id=self.agent.id)
        waiting = self.env["crm.ticket.stage"].search([("kind", "=", "waiting")], limit=1)
        self._ticket(user_id=self.agent.id, priority="3", stage_id=waiting.id)
        ticket = self._new()
        self.assertFalse(ticket.user_id)
        count = self.env["crm.ticket"]._process_assignments(NOW)
        self.assertEqual((count, ticket.user_id), (1, self.agent), "1 + 0.5 is less than 2")
        self.assertRecordValues(
            self._log(ticket), [{"kind": "auto", "from_user_id": False, "user_id": self.agent.id, "is_handoff": False}]
        )
        for words in ("skilled in 'Lamps' (Good)", "lowest load (1.5) of 2 free agents", "1 without the skill"):
            self.assertIn(words, ticket.with_user(self.supervisor).assignment_reason)
        self.assertEqual(self.env["crm.ticket"]._process_assignments(NOW), 0, "a second run finds nothing to do")

    def test_absent_agents_get_nothing(self):
        """R101: marked away, on leave or in a meeting: not available; after it, available again."""
        for user in (self.agent, self.second, self.third):
            self._skill(user)
        self.env["crm.agent.profile"].create(
            {"user_id": self.agent.id, "company_id": self.company.id, "away": True, "away_until": NOW}
        )
        resource = self.env["resource.resource"].create({"name": "Second", "user_id": self.second.id})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "date_from": NOW - timedelta(hours=2),
                "date_to": NOW + timedelta(hours=2),
            }
        )
        self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": NOW - timedelta(hours=1),
                "stop": NOW + timedelta(hours=1),
                "show_as": "busy",
                "partner_ids": [Command.set(self.third.partner_id.ids)],
            }
        )
        ticket = self._new()
        hour = timedelta(hours=1)
        self.assertEqual(self.env["crm.ticket"]._process_assignments(NOW - hour / 2), 0)
        self.assertFalse(ticket.user_id)
        self.env["crm.ticket"]._process_assignments(NOW)
        self.assertEqual(ticket.user_id, self.agent, "back at ten")
        self.assertIn("2 absent", ticket.assignment_reason)
        other = self._new()
        self.env["crm.ticket"]._process_assignments(NOW + hour)
        self.assertEqual(other.user_id, self.third, "the meeting is over, the load is lower")

    def test_nobody_gets_more_than_his_capacity(self):
        """R101: capacity of the team, or the agent's own, is never passed; what is left waits in the queue."""
        self.team.max_open = 2
        self._skill(self.agent)
        self._skill(self.second)
        self.env["crm.agent.profile"].create({"user_id": self.second.id, "company_id": self.company.id, "max_open": 1})
        tickets = self._new() | self._new() | self._new() | self._new()
        self.assertEqual(self.env["crm.ticket"]._process_assignments(NOW), 3)
        self.assertEqual(len(tickets.filtered(lambda ticket: ticket.user_id == self.agent)), 2)
        self.assertEqual(len(tickets.filtered(lambda ticket: ticket.user_id == self.second)), 1)
        self.assertEqual(self.env["crm.ticket"]._process_assignments(NOW), 0)

    def test_assignment_of_many_costs_no_more_queries(self):
        """R101: the desk reads loads, skills and absences once for all tickets."""
        self._skill(self.agent)
        self.env["crm.ticket"]._process_assignments(NOW)
        counts = []
        for size in (10, 40):
            tickets = self.env["crm.ticket"].browse([self._new().id for _ in range(size)])
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env["crm.assignment.desk"]._state(self.team.member_ids, tickets, self.company, NOW)
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_lists_of_many_cost_no_more_queries(self):
        """R098, R101.1: owners, hand-offs, time and board read as often for ten tickets as for sixty."""
        values = {"name": "x", "team_id": self.team.id, "user_id": self.agent.id, "partner_id": self.contact.id}
        tickets = self.env["crm.ticket"].create([dict(values) for _ in range(70)])
        tickets.write({"user_id": self.second.id})
        names = ["handoff_count", "assignment_reason", "work_minutes", "question_group_id", "escalation_level"]
        counts = []
        for chosen in (tickets[:10], tickets[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.assertEqual(len(chosen.with_user(self.supervisor).read(names)), len(chosen))
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
        board = self.env["crm.agent.board"].with_user(self.supervisor)
        board.search_read([], ["user_id", "open_count", "absence"])
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        board.search_read([("company_id", "=", self.company.id)], ["user_id", "open_count", "absence"])
        self.assertLessEqual(self.cr.sql_log_count - start, 12)

    # === R101.1 === #

    def test_hand_offs_are_counted(self):
        """R101.1: taking, leaving and coming back are none; another person or another team is one."""
        other_team = self.env["crm.service.team"].create({"name": "Light Two", "company_id": self.company.id})
        ticket = self._new(name="Hello")
        ticket.with_user(self.agent).action_take()
        ticket.user_id = False
        ticket.user_id = self.agent
        self.assertEqual(ticket.handoff_count, 0)
        ticket.user_id = False
        ticket.user_id = self.second
        self.assertEqual(ticket.handoff_count, 1, "over an empty owner")
        ticket.write({"team_id": other_team.id, "user_id": self.third.id})
        self.assertEqual(ticket.handoff_count, 2, "person and team in one step")
        self.assertEqual(self._log(ticket).mapped("is_handoff"), [False, False, False, False, True, True])
        self.assertEqual(self._log(ticket).mapped("kind")[0], "take")

    # === R098 === #

    def test_board_counts_and_opens_what_each_agent_has(self):
        """R098: open, waiting, late and unanswered per agent equal the tickets that each figure opens."""
        waiting = self.env["crm.ticket.stage"].search([("kind", "=", "waiting")], limit=1)
        with freeze_all_time(NOW):
            self._ticket(priority="3")
            self._ticket(stage_id=waiting.id)
            self._ticket(channel="phone").with_context(crm_ticket_automatic=True).action_solve()
            late = self._ticket(user_id=self.second.id)
            self._new()
        with freeze_all_time(NOW + timedelta(days=3)):
            self.env["crm.sla.clock"]._process_breaches()
            self.assertEqual(late.sla_state, "breached")
            self.env.flush_all()
            rows = self.env["crm.agent.board"].with_user(self.supervisor).search([("company_id", "=", self.company.id)])
            mine = rows.filtered(lambda row: row.user_id == self.agent)
            self.assertEqual((mine.open_count, mine.waiting_count, mine.load), (1, 1, 2.25))
            self.assertEqual(rows.filtered(lambda row: row.user_id == self.second).late_count, 1)
            self.assertTrue(rows.filtered(lambda row: not row.user_id))
            self.assertTrue(rows.filtered(lambda row: row.user_id == self.third and not row.open_count))
            Ticket = self.env["crm.ticket"].with_user(self.supervisor)
            for row in rows:
                for counter in ("open", "waiting", "late", "unanswered"):
                    action = row.with_context(counter=counter).action_open_tickets()
                    self.assertEqual(Ticket.search_count(action["domain"]), row[f"{counter}_count"], counter)
        with self.assertRaises(AccessError):
            self.env["crm.agent.board"].with_user(self.agent).search([])

    def test_supervisor_reassigns_in_one_action(self):
        """R098: all tickets of chosen agents go to another, by the rule, or back to the queue, in one step."""
        self.team.assign_method = "manual"
        tickets = self._ticket(name="Hello") | self._ticket(name="Hello", user_id=self.second.id)
        self.env.flush_all()
        board = self.env["crm.agent.board"].with_user(self.supervisor)
        rows = board.search([("user_id", "in", (self.agent | self.second).ids), ("company_id", "=", self.company.id)])
        action = rows.action_reassign()
        form = Form(self.env["crm.ticket.reassign"].with_user(self.supervisor).with_context(**action["context"]))
        form.user_id = self.third
        self.assertIn("0 open", form.user_note)
        form.reason = "Fair week"
        form.save().action_apply()
        self.assertEqual(tickets.user_id, self.third)
        self.assertEqual(tickets.mapped("assignment_reason"), ["Fair week"] * 2)
        self.assertEqual(tickets.mapped("handoff_count"), [1, 1])
        wizard = self.env["crm.ticket.reassign"].with_user(self.supervisor)
        wizard.create({"ticket_ids": tickets.ids, "mode": "none"}).action_apply()
        self.assertFalse(tickets.user_id)
        wizard.create({"ticket_ids": tickets.ids, "mode": "rule"}).action_apply()
        self.assertEqual(set(tickets.mapped("user_id")), set(self.agent | self.second), "the lowest load, one each")
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.create({"ticket_ids": tickets.ids, "mode": "user"}).action_apply()
        bound = self.env["ir.actions.actions"].with_user(self.supervisor).get_bindings("crm.ticket")
        self.assertIn("Reassign", [item["name"] for item in bound["action"]])

    def test_nothing_of_another_company_is_seen_or_used(self):
        """R098, R101: board, groups and assignment stay within the company."""
        other = self.env["res.company"].create({"name": "Light Abroad"})
        stranger = self._user("light_abroad", "crm_service.group_service_user")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.team.member_ids = stranger
        group = self.env["crm.question.group"].create({"name": "Abroad", "keywords": "zebra", "company_id": other.id})
        ticket = self._new(name="zebra")
        self.assertFalse(ticket.question_group_id)
        self.assertEqual(self.env["crm.ticket"]._process_assignments(NOW), 0)
        self.assertFalse(self.env["crm.question.group"].with_user(self.supervisor).search([("id", "=", group.id)]))
