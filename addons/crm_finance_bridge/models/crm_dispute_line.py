from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmDisputeLine(models.Model):
    """The part of a dispute that is for one receivable line. Amount: company currency, positive."""

    _name = "crm.dispute.line"
    _inherit = ["crm.receivable.part.mixin"]
    _description = "Disputed Invoice"
    _order = "dispute_id, id"
    _rec_name = "move_line_id"
    _whole_name = "dispute_id"

    dispute_id = fields.Many2one("crm.dispute", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="dispute_id.partner_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    amount = fields.Monetary("Disputed", required=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A dispute needs an amount above zero.")
    _line_uniq = models.UniqueIndex("(dispute_id, move_line_id)", "A dispute names each receivable line once.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._need_open()
        lines._set_by_hand()
        return lines

    def write(self, vals):
        self._need_open()
        self._set_by_hand()
        result = super().write(vals)
        if "dispute_id" in vals:
            self._set_by_hand()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._need_open()
        self._set_by_hand()

    def _set_by_hand(self):
        """Amounts that a person gives are that person's: what a ticket says, it says in superuser mode."""
        if not self.env.su:
            self.dispute_id.sudo().filtered(lambda dispute: dispute.ticket_id and not dispute.amounts_set).write(
                {"amounts_set": True}
            )
            self.dispute_id._changed_amounts()

    def _need_open(self):
        if not self.env.su and any(dispute.state != "open" for dispute in self.dispute_id):
            raise ValidationError(self.env._("This dispute is settled already."))

    @api.constrains("move_line_id", "amount")
    def _check_total(self):
        for line in self.sudo():
            item = line.move_line_id
            if line.currency_id.compare_amounts(line.amount, item.balance) > 0:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is over %(total)s: no more than that can be disputed.",
                        invoice=item.move_id.name,
                        total=line.currency_id.format(item.balance),
                    )
                )

    def _text_not_posted(self):
        return self.env._("Only posted receivables can be disputed.")
