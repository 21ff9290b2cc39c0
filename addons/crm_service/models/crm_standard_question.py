from odoo import api, fields, models
from odoo.exceptions import AccessError

MANAGER = "crm_service.group_service_manager"


class CrmStandardQuestion(models.Model):
    """A question that customers ask again and again, with the one answer that everybody gives."""

    _name = "crm.standard.question"
    _description = "Standard Question"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char("Question", required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    phrases = fields.Text(
        "Other Ways to Ask", help="One a line. A mail that has all words of a line, or of the question, asks this."
    )
    answer = fields.Html(required=True, help="Fills the reply; placeholders such as {salutation} may be used.")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")], required=True, default="draft", copy=False, tracking=True
    )
    automatic = fields.Boolean(
        "May Be Answered Automatically",
        tracking=True,
        help="Routes that answer standard questions may send this answer without an agent.",
    )
    team_ids = fields.Many2many("crm.service.team", string="Teams", help="Empty: all teams.")
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", check_company=True)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="Sent automatically to customers of this language only; empty: to all.",
    )
    company_id = fields.Many2one("res.company", help="Empty: all companies use it.")
    use_ids = fields.One2many("crm.reply.use", "question_id", "Uses", readonly=True)
    use_count = fields.Integer("Times Used", compute="_compute_use_counts")
    automatic_count = fields.Integer("Sent Automatically", compute="_compute_use_counts")

    def _compute_use_counts(self):
        counts = {
            (question.id, automatic): count
            for question, automatic, count in self.env["crm.reply.use"]._read_group(
                [("question_id", "in", self.ids)], ["question_id", "automatic"], ["__count"]
            )
        }
        for question in self:
            question.automatic_count = counts.get((question.id, True), 0)
            question.use_count = question.automatic_count + counts.get((question.id, False), 0)

    @api.constrains("answer")
    def _check_answer(self):
        self.env["crm.reply.template"]._check_placeholders(self, "answer")

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state") == "approved" for vals in vals_list):
            self._check_manager()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("state") == "approved":
            self._check_manager()
        return super().write(vals)

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only service managers approve standard questions."))

    def action_approve(self):
        self.write({"state": "approved"})

    def action_draft(self):
        self.write({"state": "draft"})

    def _all_phrases(self):
        """Return every way to ask this question, one line each."""
        self.ensure_one()
        return [line for line in [self.name, *(self.phrases or "").splitlines()] if line and line.strip()]
