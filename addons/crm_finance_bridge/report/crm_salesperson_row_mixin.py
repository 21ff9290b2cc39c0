from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date


class CrmSalespersonRowMixin(models.AbstractModel):
    """What reports by person and month share. Amounts in company currency; `month` is its first day."""

    _name = "crm.salesperson.row.mixin"
    _description = "Salesperson"

    month = fields.Date(readonly=True)
    period = fields.Char("Month Name", compute="_compute_period")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)

    @api.model
    def _sql_id(self, alias) -> SQL:
        """The id of a row, the same at each reading, from its company, person and month."""
        company, user, month = (SQL.identifier(alias, name) for name in ("company_id", "user_id", "month"))
        return SQL(
            "(%s::bigint * 1048576 + %s) * 32768 + (EXTRACT(YEAR FROM %s) * 12 + EXTRACT(MONTH FROM %s))::int",
            company,
            user,
            month,
            month,
        )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_period(self):
        for row in self:
            row.period = format_date(self.env, row.month, date_format="LLLL y")

    @api.depends("month", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.sudo().user_id.name}, {row.period}"
