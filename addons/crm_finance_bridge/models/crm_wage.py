from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmWage(models.Model):
    """The wage of a person in a month, as entered by the accounting administrator or taken from a posted entry.

    There is no payroll here: the figure is what the company says it pays, in company currency. Only the person and
    accounting administrators see it.
    """

    _name = "crm.wage"
    _description = "Wage"
    _order = "month DESC, user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users", "Person", required=True, index=True, domain=[("share", "=", False)], ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="Any day of the month; kept as its first.",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Posted Item",
        domain="[('parent_state', '=', 'posted'), ('company_id', '=', company_id), ('balance', '>', 0)]",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The journal item of the wage; the figure is its amount.",
    )
    amount = fields.Monetary(
        "Wage", compute="_compute_amount", store=True, readonly=False, required=True, precompute=True
    )
    origin = fields.Selection([("entered", "Entered by Hand"), ("posted", "Posted")], compute="_compute_origin")
    note = fields.Char()

    _unique_month = models.Constraint("UNIQUE (company_id, user_id, month)", "The wage of this month is there already.")
    _check_amount = models.Constraint("CHECK (amount >= 0)", "A wage is not negative.")

    @api.depends("move_line_id")
    def _compute_amount(self):
        for wage in self:
            wage.amount = wage.sudo().move_line_id.balance if wage.move_line_id else wage.amount

    @api.depends("move_line_id")
    def _compute_origin(self):
        for wage in self:
            wage.origin = "posted" if wage.sudo().move_line_id else "entered"

    @api.depends("user_id", "month")
    def _compute_display_name(self):
        for wage in self:
            wage.display_name = f"{wage.user_id.name or ''} {wage.month or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._at_first_day(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._at_first_day(vals))

    @api.model
    def _at_first_day(self, vals):
        day = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": day.replace(day=1)} if day else vals

    @api.constrains("move_line_id", "amount")
    def _check_posted(self):
        for wage in self.filtered("move_line_id"):
            item = wage.sudo().move_line_id
            if item.parent_state != "posted" or wage.currency_id.compare_amounts(item.balance, wage.amount):
                raise ValidationError(self.env._("The wage differs from the posted journal item."))
