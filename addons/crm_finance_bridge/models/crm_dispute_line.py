from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmDisputeLine(models.Model):
    """The part of a dispute that is for one receivable line. Amount: company currency, positive."""

    _name = "crm.dispute.line"
    _description = "Disputed Invoice"
    _order = "dispute_id, id"
    _rec_name = "move_line_id"

    dispute_id = fields.Many2one("crm.dispute", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="dispute_id.partner_id", store=True, precompute=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Receivable Line", required=True, index=True, ondelete="cascade"
    )
    # Of the journal item, which never changes them while it is posted.
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    due_date = fields.Date(readonly=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    amount = fields.Monetary("Disputed", required=True)
    residual = fields.Monetary("Open Now", compute="_compute_residual", compute_sudo=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A dispute needs an amount above zero.")
    _line_uniq = models.UniqueIndex("(dispute_id, move_line_id)", "A dispute names each receivable line once.")

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
        lines = super().create(vals_list)
        lines._need_open()
        return lines

    def write(self, vals):
        self._need_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._need_open()

    def _need_open(self):
        if not self.env.su and any(dispute.state != "open" for dispute in self.dispute_id):
            raise ValidationError(self.env._("This dispute is settled already."))

    @api.constrains("move_line_id", "dispute_id", "amount")
    def _check_item(self):
        for line in self.sudo():
            item, dispute = line.move_line_id, line.dispute_id
            if item.account_id.account_type != "asset_receivable" or item.parent_state != "posted":
                raise ValidationError(self.env._("Only posted receivables can be disputed."))
            if item.partner_id.commercial_partner_id != dispute.partner_id:
                raise ValidationError(
                    self.env._("%(invoice)s is not an invoice of this customer.", invoice=item.move_id.name)
                )
            if item.company_id.root_id != dispute.company_id.root_id:
                raise ValidationError(self.env._("%(invoice)s belongs to another company.", invoice=item.move_id.name))
            if line.currency_id.compare_amounts(line.amount, item.balance) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is over %(total)s: no more than that can be disputed.",
                        invoice=item.move_id.name,
                        total=line.currency_id.format(item.balance),
                    )
                )
