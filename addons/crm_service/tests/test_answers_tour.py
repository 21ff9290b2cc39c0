from odoo.tests import HttpCase, tagged

from .light import LightCommon


@tagged("post_install", "-at_install")
class TestAnswersTour(LightCommon, HttpCase):
    def test_agent_answers_a_ticket(self):
        """R088, R092, R099: an agent applies a solution, sees the history and picks a standard question."""
        solution, old = self.env["crm.solution"].create(
            [
                {"name": "Lamp flickers", "answer": "<p>Change the starter</p>"},
                {"name": "Bulb changed", "answer": "<p>x</p>", "state": "approved"},
            ]
        )
        solution.action_approve()
        question = self.env["crm.standard.question"].create(
            {"name": "When are you open?", "answer": "<p>{salutation}, from 8 to 5.</p>", "state": "approved"}
        )
        self._ticket(name="Lamp was dark")._apply_solution(old)
        old.state = "draft"
        ticket = self._ticket(name="The lamp flickers")
        self.start_tour(f"/odoo/crm.ticket/{ticket.id}", "crm_service_answers", login=self.agent.login)
        self.assertEqual(solution.helped_count, 1)
        self.assertEqual(question.use_count, 1)
        self.assertTrue(ticket.date_first_response)
