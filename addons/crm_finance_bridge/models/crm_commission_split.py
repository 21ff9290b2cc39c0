from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_repr

CHANGED = "crm_finance_bridge.commission_split"
"""Key of the transaction's data: {order id: its shares before, as text}."""


class CrmCommissionSplit(models.Model):
    """Who shares the commission of one order, each for a percent: they stand in for its salesperson.

    Read by `crm.commission.source`, which cuts what is sold, invoiced and collected of the order into one row a person.
    The percents of an order sum to 100. They stay from the moment that commission on the order is approved.
    Each change is logged on the order, its figures for those who may see the split.
    """

    _name = "crm.commission.split"
    _description = "Commission Split of an Order"
    _order = "order_id, percent DESC, id"
    _rec_name = "user_id"

    order_id = fields.Many2one("sale.order", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    percent = fields.Float("Share (%)", digits=(6, 2), required=True)

    _unique_user = models.UniqueIndex("(order_id, user_id)", "An order names each person once.")
    _check_percent = models.Constraint("CHECK (percent > 0 AND percent <= 100)", "A share lies between 0 and 100 %.")

    @api.constrains("user_id", "order_id")
    def _check_user(self):
        for split in self.sudo():
            if split.user_id.share or split.company_id not in split.user_id.company_ids:
                raise ValidationError(
                    self.env._("%(name)s is no user of the order's company.", name=split.user_id.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        splits = super().create(vals_list)
        splits._changing(added=splits)
        return splits

    def write(self, vals):
        self._changing()
        result = super().write(vals)
        self._changing(added=self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._changing()

    def _changing(self, added=()):
        """Refuse what is approved already; look at the sum when all of the order's lines are written.

        `added`: those that the orders did not have before.
        """
        orders = self.sudo().order_id
        approved = [("order_id", "in", orders.ids), ("statement_id.state", "in", ("approved", "posted"))]
        if self.env["crm.commission.line"].sudo().search_count(approved, limit=1):
            raise UserError(self.env._("Commission on this order is approved: those who share it stay."))
        precommit = self.env.cr.precommit
        if CHANGED not in precommit.data:
            precommit.data[CHANGED] = {}
            precommit.add(self.sudo().browse()._check_sums)
        before = precommit.data[CHANGED]
        if fresh := [order_id for order_id in orders.ids if order_id not in before]:
            splits = self.sudo().search([("order_id", "in", fresh)]) - self.sudo().browse(split.id for split in added)
            before.update(dict.fromkeys(fresh, ""))
            before.update((order.id, found._text()) for order, found in splits.grouped("order_id").items())

    def _text(self):
        """Who has which share: "Ann 60 %, Bob 40 %"."""
        return ", ".join(
            f"{split.user_id.name} {float_repr(split.percent, 2).rstrip('0').rstrip('.')} %" for split in self
        )

    @api.model
    def _check_sums(self):
        before = self.env.cr.precommit.data.pop(CHANGED, {})
        groups = self._read_group([("order_id", "in", list(before))], ["order_id"], ["percent:sum"])
        for order, total in groups:
            if abs(total - 100) > 0.001:
                raise ValidationError(
                    self.env._("%(order)s: the shares of its commission do not sum to 100 %%.", order=order.name)
                )
        self._log_changes(before)

    @api.model
    def _log_changes(self, before):
        """One message an order and save. The shares go in as tracked values: only who may see the field sees them."""
        after = {
            order: splits._text()
            for order, splits in self.search([("order_id", "in", list(before))]).grouped("order_id").items()
        }
        field = self.env["ir.model.fields"]._get("sale.order", "crm_split_ids")
        for order in self.env["sale.order"].browse(before).exists():
            old, new = before[order.id], after.get(order, "")
            if old != new:
                values = {"field_id": field.id, "old_value_char": old, "new_value_char": new}
                order._message_log(
                    body=self.env._("The commission split of this order was changed."),
                    tracking_value_ids=[Command.create(values)],
                )
