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
            line.residual = line.move_line_id.amount_residual if line._may_see_item() else 0.0

    def _may_see_item(self):
        """Whoever sees the saved row sees its receivable; a form that is not saved may name any."""
        item = self.move_line_id._origin
        if self._origin.move_line_id == item or item.sudo(False).has_access("read"):
            return True
        items = self.env["crm.open.item"].sudo(False)
        return items.has_access("read") and bool(items.search_count([("id", "=", item.id)], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        items = self.env["account.move.line"].sudo().browse({vals["move_line_id"] for vals in vals_list} - {False})
        items.fetch(["company_id", "date", "date_maturity", "move_id"])
        for vals in vals_list:
            vals.update(self._of_item(vals["move_line_id"]))
        return super().create(vals_list)

    def write(self, vals):
        if "move_line_id" in vals:
            vals = {**vals, **self._of_item(vals["move_line_id"])}
        return super().write(vals)

    @api.model
    def _of_item(self, item_id):
        """What is copied of a journal item."""
        item = self.env["account.move.line"].sudo().browse(item_id)
        return {
            "move_id": item.move_id.id,
            "company_id": item.company_id.id,
            "due_date": item.date_maturity or item.date,
        }

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
