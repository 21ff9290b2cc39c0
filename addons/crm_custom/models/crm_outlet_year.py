from odoo import api, fields, models


class CrmOutletYear(models.Model):
    """Sales of an outlet in one year, and our rank there among the competing brands."""

    _name = "crm.outlet.year"
    _description = "Outlet Year"
    _order = "year desc, rank, id"

    outlet_id = fields.Many2one("crm.outlet", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="outlet_id.partner_id", store=True, string="Dealer", index=True)
    company_id = fields.Many2one(related="outlet_id.company_id", store=True)
    currency_id = fields.Many2one(related="outlet_id.currency_id")
    year = fields.Integer(required=True, default=lambda self: fields.Date.context_today(self).year, aggregator=None)
    sales = fields.Monetary(help="Of our goods in this outlet, as the dealer reports them.")
    rank = fields.Integer(help="Our place among the brands sold there, 1 = first.", aggregator="avg")
    brands = fields.Integer(string="Of brands", help="How many brands compete there, ours included.", aggregator=None)
    leader = fields.Char(string="First brand")
    change = fields.Char(string="Against last year", compute="_compute_change")

    _year_unique = models.UniqueIndex("(outlet_id, year)", "An outlet has one line a year.")
    _check_rank = models.Constraint(
        "CHECK (rank >= 0 AND (COALESCE(brands, 0) = 0 OR rank <= brands))",
        "The rank cannot be larger than the number of brands.",
    )
    _check_year = models.Constraint("CHECK (year BETWEEN 1900 AND 2200)", "Enter the year with four digits.")

    @api.depends("year", "rank", "outlet_id.year_ids.rank", "outlet_id.year_ids.year")
    @api.depends_context("lang")
    def _compute_change(self):
        for line in self:
            before = line.outlet_id.year_ids.filtered(lambda other, line=line: other.year == line.year - 1)
            if not line.rank or not before[:1].rank:
                line.change = self.env._("no rank last year")
            elif before[0].rank == line.rank:
                line.change = self.env._("same rank")
            else:
                line.change = self.env._("from %(old)s to %(new)s", old=before[0].rank, new=line.rank)
