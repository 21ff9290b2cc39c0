from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, sql


class CrmWage(models.Model):
    """The wage of a person in a month, as entered by the accounting administrator or taken from a posted entry.

    There is no payroll here: the figure is what the company says it pays, in company currency. Only the person and
    accounting administrators see it.

    A posted figure is the journal item's own whenever it is read: 0 while its entry is a draft or cancelled.
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
        ondelete="restrict",
        help="The journal item of the wage, of one wage only; the figure is its amount.",
    )
    entered = fields.Monetary("Entered Wage", default=0.0, required=True, help="Counts where no item is named.")
    amount = fields.Monetary("Wage", compute="_compute_amount", inverse="_inverse_amount", aggregator="sum")
    origin = fields.Selection(
        [("entered", "Entered by Hand"), ("posted", "Posted"), ("unposted", "Entry Not Posted")],
        compute="_compute_amount",
    )
    note = fields.Char()

    _unique_month = models.Constraint("UNIQUE (company_id, user_id, month)", "The wage of this month is there already.")
    _unique_item = models.Constraint("UNIQUE (move_line_id)", "The journal item is another wage already.")
    _check_entered = models.Constraint("CHECK (entered >= 0)", "A wage is not negative.")

    def _auto_init(self):
        """The column of the figure has become that of what was entered."""
        cr = self.env.cr
        if sql.column_exists(cr, self._table, "amount") and not sql.column_exists(cr, self._table, "entered"):
            sql.rename_column(cr, self._table, "amount", "entered")
        return super()._auto_init()

    # The entry's own changes are none of the dependencies: they would cost a query whenever anything is posted.
    # Entries that change state forget these figures (`account.move.write`).
    @api.depends("entered", "move_line_id")
    def _compute_amount(self):
        for wage in self:
            item = wage.sudo().move_line_id
            posted = item.parent_state == "posted"
            wage.amount = (item.balance if posted else 0.0) if item else wage.entered
            wage.origin = ("posted" if posted else "unposted") if item else "entered"

    def _field_to_sql(self, alias, field_expr, query=None):
        """The figure as of now, so that lists can be grouped and summed."""
        if field_expr != "amount":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["amount"], "read")
        items = self.env["account.move.line"]._fields
        return SQL(
            """CASE WHEN %(item)s IS NULL THEN %(entered)s
                    ELSE COALESCE((SELECT %(balance)s FROM account_move_line item
                                    WHERE item.id = %(item)s AND %(state)s = 'posted'), 0) END""",
            item=super()._field_to_sql(alias, "move_line_id", query),
            entered=super()._field_to_sql(alias, "entered", query),
            balance=SQL.identifier("item", "balance", to_flush=items["balance"]),
            state=SQL.identifier("item", "parent_state", to_flush=items["parent_state"]),
        )

    def _inverse_amount(self):
        for wage in self:
            if wage.move_line_id:
                wage._check_item(wage.amount)
            else:
                wage.entered = wage.amount

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

    @api.constrains("move_line_id")
    def _check_posted(self):
        for wage in self.filtered("move_line_id"):
            wage._check_item(wage.sudo().move_line_id.balance)

    def _check_item(self, amount):
        """Refuse an amount that is not that of the posted item, or below zero."""
        item = self.sudo().move_line_id
        if item.parent_state != "posted" or amount < 0 or self.currency_id.compare_amounts(item.balance, amount):
            raise ValidationError(self.env._("The wage differs from the posted journal item."))
