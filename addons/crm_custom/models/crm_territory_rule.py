from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import territory as rules

CONDITIONS = {
    "territory_id", "country_id", "state_id", "zip_from", "zip_to", "industry_id", "size_min", "size_max",
    "date_from", "date_to", "active",
}  # fmt: skip


class CrmTerritoryRule(models.Model):
    """Conditions under which a customer or lead belongs to a territory; all that are set must hold."""

    _name = "crm.territory.rule"
    _description = "Territory Rule"
    _order = "territory_id, specificity DESC, id"

    territory_id = fields.Many2one("crm.territory", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="territory_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index=True)
    state_id = fields.Many2one("res.country.state", domain="[('country_id', '=?', country_id)]")
    zip_from = fields.Char("Postcode from")
    zip_to = fields.Char("Postcode to", help="Compared with as many signs as entered: 10 to 19 takes 19999.")
    industry_id = fields.Many2one("res.partner.industry")
    size_min = fields.Integer("Employees from")
    size_max = fields.Integer("Employees to", help="0: no limit.")
    date_from = fields.Date("From")
    date_to = fields.Date("Until", help="Last day.")
    specificity = fields.Integer(
        compute="_compute_specificity", store=True, help="The most specific rule decides: postcode before all else."
    )
    conflict_rule_ids = fields.Many2many(
        "crm.territory.rule",
        string="In Conflict with",
        compute="_compute_conflict_rule_ids",
        help="Equally specific rules of other territories that could claim the same customer.",
    )

    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)", "The rule ends before it begins."
    )
    _check_size = models.Constraint(
        "CHECK (size_min >= 0 AND size_max >= 0 AND (size_max = 0 OR size_min <= size_max))",
        "The number of employees runs from the smaller to the larger.",
    )

    @api.depends("country_id", "state_id", "zip_from", "zip_to", "industry_id", "size_min", "size_max")
    def _compute_specificity(self):
        for rule in self:
            rule.specificity = rules.specificity(rule._as_rule())

    @api.depends("territory_id.depth", "specificity", *sorted(CONDITIONS - {"territory_id"}))
    def _compute_conflict_rule_ids(self):
        everything = {rule.key: rule for rule in self.env["crm.territory"]._rules()}
        for record in self:
            one = record._as_rule()
            record.conflict_rule_ids = [key for key, two in everything.items() if rules.overlap(one, two)]

    @api.depends("country_id", "state_id", "zip_from", "zip_to", "industry_id", "size_min", "size_max")
    def _compute_display_name(self):
        for rule in self:
            codes = "-".join(code for code in (rule.zip_from, rule.zip_to) if code)
            sizes = f"{rule.size_min}-{rule.size_max or ''}" if rule.size_min or rule.size_max else ""
            parts = (rule.country_id.name, rule.state_id.name, codes, rule.industry_id.name, sizes)
            rule.display_name = ", ".join(part for part in parts if part) or self.env._("Everybody")

    @api.constrains("zip_from", "zip_to")
    def _check_zip(self):
        for rule in self:
            low, high = rules.plain_zip(rule.zip_from), rules.plain_zip(rule.zip_to)
            if high and low[: len(high)] > high:
                raise ValidationError(
                    self.env._("Postcode %(high)s lies before %(low)s.", high=rule.zip_to, low=rule.zip_from)
                )

    @api.onchange("state_id")
    def _onchange_state_id(self):
        if self.state_id:
            self.country_id = self.state_id.country_id

    def _as_rule(self):
        """The record as the pure rule; the dates of the territory narrow its own."""
        self.ensure_one()
        territory = self.territory_id
        starts = [day for day in (self.date_from, territory.date_from) if day]
        stops = [day for day in (self.date_to, territory.date_to) if day]
        return rules.Rule(
            key=self.id or 0,
            territory=territory.id,
            depth=territory.depth,
            country=self.country_id.id or None,
            state=self.state_id.id or None,
            zip_from=rules.plain_zip(self.zip_from),
            zip_to=rules.plain_zip(self.zip_to),
            industry=self.industry_id.id or None,
            size_min=self.size_min,
            size_max=self.size_max,
            company=territory.company_id.id or None,
            start=max(starts, default=None),
            stop=min(stops, default=None),
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & CONDITIONS:
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_rules(self):
        self.env.registry.clear_cache()
