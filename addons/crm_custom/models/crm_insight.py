from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmInsight(models.Model):
    """A rule of thumb about customers: what we believe, of whom, by which evidence; it shows on each of them.

    The segment is a filter on customers. The evidence is a filter too: how many customers of the segment bear it out.
    """

    _name = "crm.insight"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Customer Insight"
    _order = "sequence, id"
    _rec_name = "statement"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, help="Empty: all companies.")
    statement = fields.Char(
        required=True, tracking=True, help="For example: who buys in March buys again in September."
    )
    cause = fields.Text(string="Cause and effect", help="Why this is so.")
    segment = fields.Char(required=True, default="[]", help="The customers that it is true of.")
    evidence = fields.Char(default="[]", help="The customers that bear it out.")
    confidence = fields.Selection(
        [("guess", "Guess"), ("likely", "Likely"), ("proved", "Proved")], default="guess", required=True, tracking=True
    )
    user_id = fields.Many2one("res.users", string="Owner", default=lambda self: self.env.user, tracking=True)
    advice = fields.Char(help="What follows for the salesperson.")
    segment_count = fields.Integer(string="Customers", compute="_compute_counts")
    evidence_count = fields.Integer(string="Bear it out", compute="_compute_counts")

    @api.constrains("segment", "evidence")
    def _check_domains(self):
        for insight in self:
            try:
                insight._segment_domain()
                self.env["res.partner"].search(insight._evidence_domain(), limit=1)
            except (ValueError, SyntaxError, KeyError, TypeError) as error:
                raise ValidationError(self.env._("The filter cannot be read: %(error)s", error=error)) from error

    def _segment_domain(self):
        return Domain("parent_id", "=", False) & Domain(literal_eval(self.segment or "[]"))

    def _evidence_domain(self):
        return self._segment_domain() & Domain(literal_eval(self.evidence or "[]"))

    @api.depends("segment", "evidence")
    @api.depends_context("company", "uid")
    def _compute_counts(self):
        """Under the user's own rights; two counts an insight: insights are few."""
        partners = self.env["res.partner"]
        for insight in self:
            insight.segment_count = partners.search_count(insight._segment_domain())
            insight.evidence_count = (
                partners.search_count(insight._evidence_domain()) if insight.evidence not in (False, "[]") else 0
            )

    def action_customers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.statement,
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._segment_domain()),
        }
