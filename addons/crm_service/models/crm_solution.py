from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

STATES = [("draft", "Draft"), ("review", "In Review"), ("approved", "Approved"), ("expired", "Expired")]
MANAGER = "crm_service.group_service_manager"


class CrmSolution(models.Model):
    """A problem and how it is solved. Agents write, managers approve, every employee reads what is approved."""

    _name = "crm.solution"
    _description = "Solution"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "helped_count desc, id desc"
    _check_company_auto = True

    name = fields.Char("Problem", required=True, tracking=True)
    symptom = fields.Text("Symptoms", help="What the customer says and sees, in his words; one line each.")
    answer = fields.Html(required=True, help="What is inserted into the reply.")
    note = fields.Html(
        "For Us Only",
        groups="base.group_user",
        help="Cause and hints for colleagues; never sent, never shown to customers.",
    )
    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", check_company=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies use it.")
    state = fields.Selection(STATES, required=True, default="draft", copy=False, tracking=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_review = fields.Date("Review On", copy=False, tracking=True, help="The responsible person is reminded.")
    date_expiry = fields.Date("Valid Until", copy=False, tracking=True, help="Not offered any more after this day.")
    portal_visible = fields.Boolean("Shown to Customers", tracking=True)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        default=lambda self: self.env.lang,
        help="Words are searched by their stem in this language; exact words are found whatever the language.",
    )
    active = fields.Boolean(default=True)

    # === STATES === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", "draft") not in ("draft", "review") for vals in vals_list):
            self._check_manager()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("state") in ("approved", "expired") or "approved_by_id" in vals:
            self._check_manager()
        return super().write(vals)

    @api.model
    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only service managers approve solutions and take them back."))

    def action_submit(self):
        """The author asks for a review; managers of service follow up by the state."""
        self.filtered(lambda solution: solution.state == "draft").write({"state": "review"})

    def action_approve(self):
        today = fields.Date.context_today(self)
        for solution in self:
            if solution.date_expiry and solution.date_expiry < today:
                raise UserError(self.env._("'%s' is no longer valid: set a later day first.", solution.name))
        self.write({"state": "approved", "approved_by_id": self.env.uid})

    def action_draft(self):
        self.write({"state": "draft"})

    # === CRON === #

    @api.model
    def _cron_review(self):
        self._process_expiry(fields.Date.context_today(self))
        self._process_reviews(fields.Date.context_today(self))

    @api.model
    def _process_expiry(self, today):
        """Take back what is valid no longer at `today`; returns it."""
        solutions = self.search([("state", "=", "approved"), ("date_expiry", "<", today)])
        solutions.write({"state": "expired"})
        return solutions

    @api.model
    def _process_reviews(self, today):
        """Remind the responsible person of each review due at `today`, once until it is done; returns the solutions."""
        due = self.search([("state", "=", "approved"), ("date_review", "<=", today)])
        due = due.filtered(lambda solution: not solution.activity_ids)
        for solution in due:
            solution.activity_schedule(
                "mail.mail_activity_data_todo",
                solution.date_review,
                summary=self.env._("Review this solution"),
                user_id=solution.user_id.id,
            )
        return due
