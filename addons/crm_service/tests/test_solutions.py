from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .light import LightCommon


@tagged("post_install", "-at_install")
class TestSolutions(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._user("answers_employee", "base.group_user")
        cls.portal = cls._user("answers_portal", "base.group_portal")
        Solution = cls.env["crm.solution"]
        cls.flicker, cls.broken, cls.chinese, cls.draft = Solution.create(
            [
                {
                    "name": "Lamp flickers",
                    "symptom": "The light goes on and off",
                    "answer": "<p>Change the starter</p>",
                },
                {"name": "Glass arrived broken", "symptom": "Pieces in the box", "answer": "<p>We send a new one</p>"},
                {
                    "name": "\u5c4f\u5e55\u4e0d\u4eae",
                    "symptom": "\u5f00\u673a\u540e\u5c4f\u5e55\u4e0d\u4eae",
                    "answer": "<p>\u91cd\u542f\u8bbe\u5907</p>",
                },
                {"name": "Lamp hums", "answer": "<p>Nobody knows</p>", "user_id": cls.agent.id},
            ]
        )
        (cls.flicker | cls.broken | cls.chinese).action_approve()
        cls.flicker.portal_visible = True

    def _found(self, text, user=None, **kwargs):
        return self.env["crm.solution"].with_user(user or self.agent)._search_ranked(text, 5, **kwargs)

    def test_search_by_symptom(self):
        """R088: words, stems, misspelt words and Chinese text find the solution, the best one first."""
        self.assertEqual(self._found("the lamp is flickering since yesterday")[:1], self.flicker)
        self.assertEqual(self._found("gles brokn")[:1], self.broken)
        self.assertEqual(self._found("pieces of glass in the parcel")[:1], self.broken)
        self.assertEqual(self._found("请问屏幕为什么不亮了"), self.chinese)
        self.assertFalse(self._found("holiday greetings"))
        self.assertFalse(self._found("'\"\\ & | ! ( ) <-> :* ;--"), "signs of the query language are no words")

    def test_search_is_one_query(self):
        """R088: ranked search is one query whatever the number of solutions."""
        self.env["crm.solution"].create([{"name": f"Lamp {n}", "answer": "x", "state": "approved"} for n in range(40)])
        self._found("warm up the lamp")
        with self.assertQueryCount(1):
            self.assertEqual(len(self._found("lamp flickers")), 5)

    def test_search_field_of_the_list(self):
        """R088: the search box of the list finds by symptom."""
        found = self.env["crm.solution"].with_user(self.agent).search([("search_text", "ilike", "flickering light")])
        self.assertIn(self.flicker, found)
        self.assertNotIn(self.broken, found)

    def test_employees_see_reviewed_solutions_only(self):
        """R088.1: any employee finds and reads the approved ones; drafts stay with their author and the managers."""
        visible = self.env["crm.solution"].with_user(self.employee).search([])
        self.assertIn(self.flicker, visible)
        self.assertNotIn(self.draft, visible)
        self.assertIn("starter", self._found("lamp flickers", self.employee).answer)
        self.assertNotIn(self.draft, self._found("lamp hums", self.employee))
        with self.assertRaises(AccessError):
            self.draft.with_user(self.employee).read(["answer"])
        with self.assertRaises(AccessError):
            self.flicker.with_user(self.employee).write({"answer": "x"})
        self.assertIn(self.draft, self.env["crm.solution"].with_user(self.agent).search([]))

    def test_agents_draft_and_managers_approve(self):
        """R088.1: an agent writes and asks for a review; only a manager approves; an approved one is not rewritten."""
        mine = self.env["crm.solution"].with_user(self.agent)
        solution = mine.create({"name": "Cable short", "answer": "Longer one"})
        solution.action_submit()
        self.assertEqual(solution.state, "review")
        for method in (solution.action_approve, lambda: solution.write({"state": "approved"})):
            with self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            mine.create({"name": "x", "answer": "y", "state": "approved"})
        solution.with_user(self.supervisor).action_approve()
        self.assertEqual(solution.approved_by_id, self.supervisor)
        with self.assertRaises(AccessError):
            solution.with_user(self.agent).write({"answer": "Something else"})

    def test_expired_solutions_are_not_offered(self):
        """R088.1: after its last day a solution is seen by no employee, even before the nightly run takes it back."""
        today = fields.Date.today()
        self.flicker.date_expiry = today
        self.assertIn(self.flicker, self._found("lamp flickers"))
        self.flicker.date_expiry = today - timedelta(days=1)
        self.assertNotIn(self.flicker, self._found("lamp flickers"))
        self.assertNotIn(self.flicker, self.env["crm.solution"].with_user(self.employee).search([]))
        self.assertEqual(self.env["crm.solution"]._process_expiry(today), self.flicker)
        self.assertFalse(self.env["crm.solution"]._process_expiry(today))
        with self.assertRaises(UserError):
            self.flicker.with_user(self.supervisor).action_approve()

    def test_review_is_reminded_once(self):
        """R088.1: the responsible person gets one activity on the day of the review."""
        today = fields.Date.today()
        self.flicker.date_review = today
        self.assertEqual(self.env["crm.solution"]._process_reviews(today), self.flicker)
        self.assertFalse(self.env["crm.solution"]._process_reviews(today))
        self.assertEqual(self.flicker.activity_ids.user_id, self.flicker.user_id)

    def test_customers_see_what_is_shown_to_them(self):
        """R088.1: the portal finds approved solutions shown to customers, nothing else."""
        self.assertEqual(self._found("lamp flickers glass", self.portal, portal=True), self.flicker)
        self.assertNotIn(self.broken, self.env["crm.solution"].with_user(self.portal).search([]))
        with self.assertRaises(AccessError):
            self.flicker.with_user(self.portal).note  # noqa: B018

    def test_other_companies_solutions_stay_there(self):
        """R088: a solution of another company is not found."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.flicker.company_id = company
        self.assertNotIn(self.flicker, self._found("lamp flickers"))
        here = self.env["crm.solution"].sudo().with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(self.flicker, here._search_ranked("lamp flickers"))
