from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmReplyUse(models.Model):
    """A standard question or a canned reply put into the answer of a ticket, by an agent or automatically."""

    _name = "crm.reply.use"
    _description = "Use of a Reply"
    _order = "date desc, id desc"

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    question_id = fields.Many2one(
        "crm.standard.question", "Standard Question", index="btree_not_null", ondelete="cascade", readonly=True
    )
    template_id = fields.Many2one(
        "crm.reply.template", "Canned Reply", index="btree_not_null", ondelete="cascade", readonly=True
    )
    date = fields.Datetime("Used", required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one("res.users", "Used By", default=lambda self: self.env.user, readonly=True)
    automatic = fields.Boolean("Sent Automatically", readonly=True)

    @api.constrains("question_id", "template_id")
    def _check_one(self):
        if any(bool(use.question_id) == bool(use.template_id) for use in self):
            raise ValidationError(self.env._("A use names either a standard question or a canned reply."))
