from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CHANGED = "crm_finance_bridge.commission_split"


class CrmCommissionSplit(models.Model):
    """Who shares the commission of one order, each for a percent: they stand in for its salesperson.

    Read by `crm.commission.source`, which cuts what is sold, invoiced and collected of the order into one row a person.
    The percents of an order sum to 100. They stay from the moment that commission on the order is approved.
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
        splits._changing()
        return splits

    def write(self, vals):
        self._changing()
        result = super().write(vals)
        self._changing()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._changing()

    def _changing(self):
        """Refuse what is approved already; look at the sum when all of the order's lines are written."""
        orders = self.sudo().order_id
        approved = [("order_id", "in", orders.ids), ("statement_id.state", "in", ("approved", "posted"))]
        if self.env["crm.commission.line"].sudo().search_count(approved, limit=1):
            raise UserError(self.env._("Commission on this order is approved: those who share it stay."))
        precommit = self.env.cr.precommit
        if CHANGED not in precommit.data:
            precommit.data[CHANGED] = set()
            precommit.add(self.sudo().browse()._check_sums)
        precommit.data[CHANGED].update(orders.ids)

    @api.model
    def _check_sums(self):
        groups = self._read_group(
            [("order_id", "in", list(self.env.cr.precommit.data.pop(CHANGED, ())))], ["order_id"], ["percent:sum"]
        )
        for order, total in groups:
            if abs(total - 100) > 0.001:
                raise ValidationError(
                    self.env._("%(order)s: the shares of its commission do not sum to 100 %%.", order=order.name)
                )
