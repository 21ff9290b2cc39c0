from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmReceivablePartMixin(models.AbstractModel):
    """The part of a dispute or a promise that is for one receivable line. Amounts: company currency, positive.

    The whole (`_whole_name`) is of one customer and company; who inherits names it, its currency and the amount.
    """

    _name = "crm.receivable.part.mixin"
    _description = "Receivable Line"

    _whole_name = None

    move_line_id = fields.Many2one(
        "account.move.line", "Receivable Line", required=True, index=True, ondelete="cascade"
    )
    # Of the journal item, which never changes them while it is posted.
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    due_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency")
    residual = fields.Monetary("Open Now", compute="_compute_residual", compute_sudo=True)

    @api.depends("move_line_id.amount_residual")
    def _compute_residual(self):
        for line in self:
            line.residual = line.move_line_id.amount_residual

    @api.model_create_multi
    def create(self, vals_list):
        items = self.env["account.move.line"].sudo().browse({vals["move_line_id"] for vals in vals_list})
        for vals in vals_list:
            item = items.browse(vals["move_line_id"])
            vals.update(
                move_id=item.move_id.id, company_id=item.company_id.id, due_date=item.date_maturity or item.date
            )
        return super().create(vals_list)

    @api.constrains(lambda self: ("move_line_id", self._whole_name))
    def _check_item(self):
        for line in self.sudo():
            item, whole = line.move_line_id, line[self._whole_name]
            if item.account_id.account_type != "asset_receivable" or item.parent_state != "posted":
                raise ValidationError(self._text_not_posted())
            if item.partner_id.commercial_partner_id != whole.partner_id:
                raise ValidationError(
                    self.env._("%(invoice)s is not an invoice of this customer.", invoice=item.move_id.name)
                )
            if item.company_id.root_id != whole.company_id.root_id:
                raise ValidationError(self.env._("%(invoice)s belongs to another company.", invoice=item.move_id.name))

    def _text_not_posted(self):
        """What is said where the line is no posted receivable."""
        raise NotImplementedError
