from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import placeholders


class CrmReplyTemplate(models.Model):
    """A reply written once: placeholders are filled from the ticket, the agent reads it before it goes."""

    _name = "crm.reply.template"
    _description = "Canned Reply"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    body = fields.Html("Reply", required=True, default="<p>{salutation},</p><p><br></p>")
    team_ids = fields.Many2many("crm.service.team", string="Teams", help="Empty: all teams.")
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", check_company=True)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Language", help="Empty: any language."
    )
    company_id = fields.Many2one("res.company", help="Empty: all companies use it.")
    use_ids = fields.One2many("crm.reply.use", "template_id", "Uses", readonly=True)
    use_count = fields.Integer("Times Used", compute="_compute_use_count")
    placeholder_text = fields.Char("Placeholders", compute="_compute_placeholder_text")
    preview_ticket_id = fields.Many2one(
        "crm.ticket", "Preview With", store=False, default=lambda self: self.env["crm.ticket"].search([], limit=1)
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _compute_use_count(self):
        counts = dict(
            self.env["crm.reply.use"]._read_group([("template_id", "in", self.ids)], ["template_id"], ["__count"])
        )
        for template in self:
            template.use_count = counts.get(template, 0)

    def _compute_placeholder_text(self):
        self.placeholder_text = " ".join(f"{{{name}}}" for name in placeholders.NAMES)

    @api.depends("body", "preview_ticket_id")
    def _compute_preview(self):
        for template in self:
            ticket = template.preview_ticket_id or self.env["crm.ticket"].search([], limit=1)
            template.preview = ticket._fill_reply(template.body)[0] if ticket else template.body

    @api.constrains("body")
    def _check_body(self):
        self._check_placeholders(self, "body")

    @api.model
    def _check_placeholders(self, records, field):
        """Raise when a text names a placeholder that there is not, with those that there are."""
        for record in records:
            if wrong := placeholders.unknown(record[field]):
                raise ValidationError(
                    self.env._(
                        "'%(name)s': there is no placeholder %(wrong)s. Use one of: %(known)s.",
                        name=record.name,
                        wrong=", ".join(f"{{{item}}}" for item in wrong),
                        known=" ".join(f"{{{item}}}" for item in placeholders.NAMES),
                    )
                )

    @api.model
    def _filled(self, html, values):
        """Return (reply, names without a value); `values` are plain text and are escaped, the text is trusted."""
        return Markup(placeholders.render(html, values)), placeholders.missing(html, values)
