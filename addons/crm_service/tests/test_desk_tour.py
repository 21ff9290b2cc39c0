from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestDeskTour(HttpCase):
    """The browser, as an agent and as a supervisor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.escalation.rule"].search([]).active = False
        users = [
            new_test_user(cls.env, f"desk_tour_{name}", f"crm_service.group_service_{group}", name=f"desk_tour_{name}")
            for name, group in (("agent", "user"), ("second", "user"), ("chief", "manager"))
        ]
        cls.agent, cls.second, cls.chief = users
        cls.team = cls.env["crm.service.team"].create(
            {"name": "Tour", "member_ids": (cls.agent | cls.second).ids, "breach_cause_rule": "asked"}
        )
        cls.ticket = cls.env["crm.ticket"].create(
            {"name": "Lamp flickers", "team_id": cls.team.id, "user_id": cls.agent.id}
        )

    def test_agent_solves_a_ticket(self):
        """R091.2: refused without content and effect, then solved with them, in the web client."""
        with mute_logger("odoo.http"):  # the refusal
            self.start_tour(f"/odoo/tickets/{self.ticket.id}", "crm_service_desk_agent", login=self.agent.login)
        self.assertRecordValues(self.ticket, [{"stage_kind": "solved", "service_effect": "workaround"}])
        self.assertRecordValues(
            self.ticket.work_ids, [{"content": "Sent another lamp", "minutes": 15, "user_id": self.agent.id}]
        )

    def test_supervisor_reassigns_from_the_board(self):
        """R098: the supervisor sees the agent's items on the board and reassigns them with one action."""
        self.start_tour("/odoo/service-agents", "crm_service_desk_supervisor", login=self.chief.login)
        self.assertEqual(self.ticket.user_id, self.second)
