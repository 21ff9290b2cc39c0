from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

PROGRESS = {"quantity_done", "progress", "state"}
"""What the salesperson may change; the rest is the manager's."""


class CrmSalesTask(models.Model):
    """A task a manager sets: how much of what until when; the salesperson reports, the manager scores 1 to 5."""

    _name = "crm.sales.task"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Sales Task"
    _order = "date_deadline, id DESC"
    _check_company_auto = True

    name = fields.Char("Task", required=True, tracking=True)
    description = fields.Text()
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null", check_company=True)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    manager_id = fields.Many2one(
        "res.users", default=lambda self: self._default_manager(), domain=[("share", "=", False)], index=True
    )
    quantity = fields.Float("Quantity to Reach", default=1.0, tracking=True)
    unit = fields.Char(help="What is counted, for example visits, orders or cartons.")
    quantity_done = fields.Float("Reached", tracking=True)
    progress_pct = fields.Float("Progress (%)", compute="_compute_progress_pct", digits=(16, 0))
    progress = fields.Text("Report", help="What was done and what is in the way.")
    date_deadline = fields.Date("Deadline", required=True, index=True, tracking=True)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    state = fields.Selection(
        [("assigned", "Assigned"), ("in_progress", "In Progress"), ("done", "Reported"), ("reviewed", "Scored")],
        default="assigned",
        required=True,
        tracking=True,
        group_expand=True,
    )
    score = fields.Selection([(str(number), str(number)) for number in range(1, 6)], "Score (1-5)", tracking=True)
    review = fields.Text("Manager's Remark")

    _check_quantity = models.Constraint("CHECK (quantity > 0)", "Say how much shall be reached.")
    _check_done = models.Constraint("CHECK (quantity_done >= 0)", "What was reached is not negative.")

    def _default_manager(self):
        return self.env.user.sale_team_id.user_id

    @api.depends("quantity", "quantity_done")
    def _compute_progress_pct(self):
        for task in self:
            task.progress_pct = 100.0 * task.quantity_done / task.quantity if task.quantity else 0.0

    @api.depends("date_deadline", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for task in self:
            task.is_overdue = bool(
                task.date_deadline and task.date_deadline < today and task.state in ("assigned", "in_progress")
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("date_deadline", "<", fields.Date.context_today(self)), ("state", "in", ("assigned", "in_progress"))]

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        for task in tasks.filtered(lambda task: task.user_id != self.env.user):
            task.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=task.date_deadline,
                summary=task.name,
                user_id=task.user_id.id,
            )
        return tasks

    def write(self, vals):
        if not self._is_judge():
            if vals.keys() & {"score", "review"} or vals.get("state") == "reviewed":
                raise AccessError(self.env._("Only the manager scores a task."))
            if vals.keys() & {"quantity", "date_deadline", "user_id", "manager_id", "name"} and any(
                task.create_uid != self.env.user for task in self
            ):
                raise AccessError(self.env._("Only who set the task changes what is asked for."))
        return super().write(vals)

    def _is_judge(self):
        """A sales manager, or the manager of the task who is not its salesperson as well."""
        user = self.env.user
        if self.env.su or user.has_group("sales_team.group_sale_manager"):
            return True
        return all(task.manager_id == user and task.user_id != user for task in self)

    def action_start(self):
        self.write({"state": "in_progress"})

    def action_report(self):
        """The salesperson hands the result in; the manager is asked to score it."""
        for task in self:
            if task.state not in ("assigned", "in_progress"):
                raise UserError(self.env._("%(task)s is reported already.", task=task.name))
            task.state = "done"
            task.activity_feedback(["mail.mail_activity_data_todo"], user_id=task.user_id.id)
            if task.manager_id and task.manager_id != self.env.user:
                task.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Score: %(task)s", task=task.name),
                    user_id=task.manager_id.id,
                )

    def action_score(self):
        """The manager closes the task with the score entered."""
        if not self._is_judge():
            raise AccessError(self.env._("Only the manager scores a task."))
        for task in self:
            if task.state != "done":
                raise UserError(self.env._("%(task)s has not been reported yet.", task=task.name))
            if not task.score:
                raise UserError(self.env._("Enter a score from 1 to 5 first."))
            task.activity_feedback(["mail.mail_activity_data_todo"])
        self.write({"state": "reviewed"})
