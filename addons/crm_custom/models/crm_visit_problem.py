from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class CrmVisitProblem(models.Model):
    """A problem met on a visit: stated by the customer, or found by the salesperson and not noticed by the customer.

    An unsolved problem becomes a task or an opportunity when the visit is closed; other addons add kinds of
    follow-up by extending `follow_up` with a method `_follow_up_<kind>()` that returns the record made.
    """

    _name = "crm.visit.problem"
    _description = "Problem Met on a Visit"
    _order = "visit_id, kind desc, id"

    visit_id = fields.Many2one("crm.visit", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="visit_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True)
    user_id = fields.Many2one(related="visit_id.user_id", store=True)
    date = fields.Datetime(related="visit_id.start", store=True, string="Visited")
    kind = fields.Selection(
        [("stated", "Stated by the Customer"), ("found", "Found by Us")],
        required=True,
        default="stated",
        help="Found by us: the customer had not noticed it.",
    )
    name = fields.Char(string="Problem", required=True)
    solution = fields.Text()
    is_solved = fields.Boolean(string="Solved")
    follow_up = fields.Selection(
        [("task", "Task"), ("opportunity", "Opportunity")],
        string="If unsolved",
        default="task",
        required=True,
        help="What is made of the problem when the visit is closed before it is solved.",
    )
    owner_id = fields.Many2one("res.users", string="Who follows up", domain="[('share', '=', False)]")
    deadline = fields.Date(help="Empty: a week after the visit is closed.")
    res_model = fields.Char(readonly=True, copy=False)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True, copy=False)
    follow_up_name = fields.Char(string="Follow-up", readonly=True, copy=False)

    @api.constrains("is_solved", "solution")
    def _check_solution(self):
        for problem in self:
            if problem.is_solved and not (problem.solution or "").strip():
                raise UserError(
                    self.env._("How was '%(problem)s' solved? Please enter the solution.", problem=problem.name)
                )

    def _make_follow_ups(self):
        """Make what the unsolved problems ask for, once."""
        for problem in self.filtered(lambda problem: not problem.is_solved and not problem.res_id):
            record = getattr(problem, f"_follow_up_{problem.follow_up}")()
            problem.write(
                {"res_model": record._name, "res_id": record.id, "follow_up_name": record.sudo().display_name}
            )
        return True

    def _deadline(self):
        return self.deadline or fields.Date.add(fields.Date.context_today(self), days=7)

    def _owner(self):
        return self.owner_id or self.visit_id.user_id

    def _follow_up_task(self):
        """A sales task for whoever follows up; in sudo, because salespeople do not set tasks otherwise."""
        self.ensure_one()
        visit = self.visit_id
        if "crm.sales.task" not in self.env:
            return visit.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self._deadline(),
                summary=self.name,
                note=plaintext2html(self.solution or ""),
                user_id=self._owner().id,
            )
        return (
            self.env["crm.sales.task"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "description": self.solution,
                    "company_id": visit.company_id.id,
                    "partner_id": visit.partner_id.id,
                    "user_id": self._owner().id,
                    "manager_id": visit.user_id.sale_team_id.user_id.id,
                    "date_deadline": self._deadline(),
                }
            )
        )

    def _follow_up_opportunity(self):
        self.ensure_one()
        visit = self.visit_id
        return self.env["crm.lead"].create(
            {
                "name": self.name,
                "type": "opportunity",
                "partner_id": (visit.contact_id or visit.partner_id).id,
                "company_id": visit.company_id.id,
                "user_id": self._owner().id,
                "description": plaintext2html(self.solution or ""),
                "date_deadline": self._deadline(),
            }
        )

    def action_open_follow_up(self):
        self.ensure_one()
        record = self.res_id and self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("Nothing was made of this problem yet."))
        record.check_access("read")
        return record.get_formview_action()
