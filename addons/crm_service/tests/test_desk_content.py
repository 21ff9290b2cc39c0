from ast import literal_eval
from datetime import datetime

from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .light import LightCommon

DAY = datetime(2026, 3, 3, 9)


@tagged("post_install", "-at_install")
class TestDeskContent(LightCommon):
    """Service content, effect and root cause, and the gate before closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.require_content = True
        cls.cause = cls.env.ref("crm_service.crm_root_cause_product")
        cls.solved = cls.env["crm.ticket.stage"].search([("kind", "=", "solved")], limit=1)
        cls.closed = cls.env["crm.ticket.stage"].search([("kind", "=", "closed")], limit=1)
        cls.env["crm.service.baseline"].create({"company_id": cls.company.id, "hourly_cost": 60})

    def _complete(self, ticket, **values):
        ticket.write({"service_effect": "solved", "root_cause_id": self.cause.id, **values})

    def _line(self, ticket, **values):
        values = {"ticket_id": ticket.id, "content": "Replaced the lamp", "minutes": 30, "kind": "remote", **values}
        return self.env["crm.ticket.work"].with_user(self.agent).create(values)

    def test_no_door_closes_without_content_effect_and_cause(self):
        """R091.2: button, drag, form, list, import and API are refused in one message naming all that lacks."""
        ticket = self._ticket().with_user(self.agent)
        form = Form(ticket)
        form.stage_id = self.closed
        spec = {"name": {}}
        doors = (
            ticket.action_solve,
            lambda: ticket.write({"stage_id": self.solved.id}),
            lambda: ticket.web_save({"stage_id": self.closed.id}, spec),
            lambda: (ticket | self._ticket().with_user(self.agent)).web_save({"stage_id": self.closed.id}, spec),
            form.save,
            lambda: self._ticket(stage_id=self.closed.id),
        )
        for door in doors:
            with self.assertRaises(UserError) as caught, self.cr.savepoint():
                door()
            for word in ("service content", "effect", "root cause"):
                self.assertIn(word, str(caught.exception))
        self.assertEqual(ticket.stage_kind, "new")
        load = ticket.load([".id", "stage_id/.id"], [[str(ticket.id), str(self.closed.id)]])
        self.assertFalse(load["ids"])
        self.assertIn("root cause", load["messages"][0]["message"])

    def test_each_missing_thing_alone_holds_the_ticket(self):
        """R091.2: content or effect alone is not enough; a note and an acknowledgement are not service content."""
        ticket = self._ticket().with_user(self.agent)
        self._complete(ticket)
        ticket.message_post(body="internal", message_type="comment", subtype_xmlid="mail.mt_note")
        ticket.message_post(
            body="mine", message_type="comment", subtype_xmlid="mail.mt_comment", author_id=self.contact.id
        )
        with self.assertRaisesRegex(UserError, "Missing: service content"), self.cr.savepoint():
            ticket.action_solve()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._line(ticket, content="  ")
        self._line(ticket)
        ticket.service_effect = False
        with self.assertRaisesRegex(UserError, r"Missing: effect\."), self.cr.savepoint():
            ticket.action_solve()
        ticket.service_effect = "workaround"
        ticket.action_solve()
        self.assertEqual(ticket.stage_kind, "solved")
        with self.assertRaisesRegex(UserError, "effect"), self.cr.savepoint():
            ticket.service_effect = False
        with self.assertRaises(UserError), self.cr.savepoint():
            ticket.work_ids.unlink()

    def test_public_answer_becomes_the_content(self):
        """R091.2: a ticket solved in writing carries its last answer as service content."""
        ticket = self._ticket().with_user(self.agent)
        for body in ("We look at it.", "The lamp is on its way."):
            ticket.message_post(body=body, message_type="comment", subtype_xmlid="mail.mt_comment")
        self._complete(ticket)
        ticket.action_solve()
        self.assertRecordValues(
            ticket.work_ids,
            [{"content": "The lamp is on its way.", "user_id": self.agent.id, "minutes": 0, "effect": "solved"}],
        )

    def test_customer_and_system_are_not_held_up(self):
        """The customer closes his own request on the portal, the system by its context, a free team by its setting."""
        portal = self._user("light_portal", "base.group_portal")
        by_customer, by_system, by_team = self._ticket(), self._ticket(), self._ticket()
        by_customer.with_user(portal).sudo().stage_id = self.closed
        by_system.with_user(self.agent).with_context(crm_ticket_automatic=True).action_solve()
        self.team.require_content = False
        by_team.with_user(self.agent).action_solve()
        self.assertEqual(
            (by_customer.stage_kind, by_system.stage_kind, by_team.stage_kind), ("closed", *["solved"] * 2)
        )
        self.assertFalse((by_customer | by_system).work_ids)

    def test_content_and_effect_stand_on_the_timeline(self):
        """R091.2: service content and effect are on the customer's timeline and open the ticket."""
        with freeze_all_time(DAY):
            ticket = self._ticket().with_user(self.agent)
            self._line(ticket, date=DAY, effect="partly")
            self._complete(ticket, service_effect="workaround")
            ticket.action_solve()
        self.env.flush_all()
        domain = [("partner_id", "=", self.customer.id), ("kind", "in", ("service", "service_effect"))]
        events = self.env["crm.customer.event"].search(domain, order="kind")
        self.assertEqual(events.mapped("kind"), ["service", "service_effect"])
        self.assertEqual(events[0].name, f"{ticket.number}: Replaced the lamp: Partly solved")
        self.assertEqual(events[1].name, f"{ticket.number} Lamp flickers: Workaround")
        self.assertEqual(events.mapped("date"), [DAY, DAY])
        self.assertEqual(events[0].with_user(self.agent).action_open()["res_id"], ticket.id)

    def test_cost_takes_the_agents_rate_and_stays(self):
        """Service content costs its minutes at the agent's rate, else the company's; old lines stay as they are."""
        ticket = self._ticket()
        first = self._line(ticket)
        self.env.flush_all()
        profile = self.env["crm.agent.profile"].create({"user_id": self.agent.id, "company_id": self.company.id})
        profile.hourly_cost = 90
        second = self._line(ticket, minutes=20)
        self.assertEqual((first.sudo().cost, second.sudo().cost), (30, 30))
        seen = ticket.with_user(self.supervisor)
        self.assertEqual((seen.work_minutes, seen.work_cost), (50, 60))
        with self.assertRaises(AccessError):
            second.read(["cost"])

    def test_left_undone_lists_what_is_missing_and_nothing_else(self):
        """R091.1: zero requests without owner, first response or, when closed, root cause; each gap is listed."""
        action = self.env["ir.actions.act_window"].with_user(self.supervisor)
        domain = action._for_xml_id("crm_service.crm_ticket_action_gaps")["domain"]
        mine = [("partner_id", "=", self.contact.id)]

        def gaps():
            return self.env["crm.ticket"].with_user(self.supervisor).search([*mine, *literal_eval(domain)])

        ticket = self._ticket(user_id=False)
        self.assertEqual(gaps(), ticket)
        ticket.with_user(self.agent).action_take()
        self.assertEqual(gaps(), ticket, "not answered yet")
        ticket.with_user(self.agent).action_mark_answered()
        self.assertFalse(gaps())
        self._line(ticket)
        self._complete(ticket.with_user(self.agent))
        ticket.with_user(self.agent).action_solve()
        self.assertFalse(gaps())
        other = self._ticket(channel="phone")
        other.with_context(crm_ticket_automatic=True).action_solve()
        self.assertEqual(gaps(), other, "closed by the system without a root cause")
        self.assertEqual(other.date_first_response, other.date_open)
