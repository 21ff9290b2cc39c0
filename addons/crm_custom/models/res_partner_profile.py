from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

from ..tools import profile
from .sale_order_profile import PURPOSES

STRENGTHS = [("1", "Very weak"), ("2", "Weak"), ("3", "Fair"), ("4", "Good"), ("5", "Very good")]
SALES = "sales_team.group_sale_salesman"
# what the rule calls it -> field
BASIC_FIELDS = {
    "family": "crm_family",
    "occupation": "crm_occupation",
    "personality": "crm_personality",
    "income": "crm_income",
    "funds": "crm_funds",
    "education": "crm_education",
    "network": "crm_network",
}
BUSINESS_FIELDS = {
    "industry": "industry_id",
    "address": "city",
    "phone": "phone",
    "email": "email",
    "website": "website",
    "employees": "crm_employees",
    "contacts": "child_ids",
    "strength": "crm_financial_strength",
    "cost_control": "crm_cost_control",
}


class ResPartner(models.Model):
    """What we know of a customer: of an individual the seven basic data, of a company its business.

    Personal data are for salespeople only. Income and funds are per year and in total, in the profile's currency.
    """

    _inherit = "res.partner"

    crm_source_id = fields.Many2one(
        "utm.source",
        string="Source",
        ondelete="restrict",
        index="btree_not_null",
        help="How this record came to us.",
        prefetch="crm",
    )
    crm_source_note = fields.Char(string="Where", help="e.g. the fair, the event, who introduced them", prefetch="crm")
    crm_purpose = fields.Selection(
        PURPOSES, string="Buys for", help="Proposed as purpose of new orders.", prefetch="crm"
    )

    # An individual.
    crm_birthdate = fields.Date(string="Born on", groups=SALES, prefetch="crm")
    crm_age = fields.Integer(string="Age", compute="_compute_crm_age", groups=SALES)
    crm_family = fields.Char(string="Family background", groups=SALES, prefetch="crm")
    crm_occupation = fields.Char(string="Occupation", groups=SALES, prefetch="crm")
    crm_personality = fields.Char(string="Personality and preferences", groups=SALES, prefetch="crm")
    crm_profile_currency_id = fields.Many2one(
        "res.currency", string="Currency of income", default=lambda self: self.env.company.currency_id, prefetch="crm"
    )
    crm_income = fields.Monetary(
        string="Annual income", currency_field="crm_profile_currency_id", groups=SALES, prefetch="crm"
    )
    crm_funds = fields.Monetary(string="Funds", currency_field="crm_profile_currency_id", groups=SALES, prefetch="crm")
    crm_education = fields.Selection(
        [
            ("school", "School"),
            ("vocational", "Vocational training"),
            ("bachelor", "Bachelor"),
            ("master", "Master"),
            ("doctorate", "Doctorate"),
            ("other", "Other"),
        ],
        string="Education",
        groups=SALES,
        prefetch="crm",
    )
    crm_network = fields.Char(string="Personal network", groups=SALES, prefetch="crm")

    # A company.
    crm_founded = fields.Integer(string="Founded in", help="Year.", prefetch="crm")
    crm_financial_strength = fields.Selection(
        STRENGTHS, string="Financial strength", groups=SALES, tracking=True, prefetch="crm"
    )
    crm_cost_control = fields.Selection(
        STRENGTHS, string="Cost budget and control", groups=SALES, tracking=True, prefetch="crm"
    )

    # Both.
    crm_values = fields.Char(string="Values and motives", help="What matters to them when they decide.", prefetch="crm")
    crm_completeness = fields.Integer(
        string="Profile complete", compute="_compute_crm_completeness", compute_sudo=True, help="Percent."
    )
    crm_missing = fields.Char(string="Still missing", compute="_compute_crm_completeness", compute_sudo=True)

    _check_crm_founded = models.Constraint(
        "CHECK (crm_founded IS NULL OR crm_founded = 0 OR crm_founded BETWEEN 1000 AND 2999)",
        "Enter the founding year with four digits.",
    )

    @api.depends("crm_birthdate")
    def _compute_crm_age(self):
        today = fields.Date.context_today(self)
        for partner in self:
            born = partner.crm_birthdate
            partner.crm_age = relativedelta(today, born).years if born else 0

    @api.depends("is_company", *BASIC_FIELDS.values(), *BUSINESS_FIELDS.values())
    @api.depends_context("lang")
    def _compute_crm_completeness(self):
        labels = {}
        for partner in self:
            asked = BUSINESS_FIELDS if partner.is_company else BASIC_FIELDS
            filled = {name for name, field in asked.items() if partner[field]}
            percent, missing = profile.completeness(filled, asked)
            for name in missing:
                if name not in labels:
                    labels[name] = partner._fields[asked[name]]._description_string(self.env)
            partner.crm_completeness = percent
            partner.crm_missing = ", ".join(labels[name] for name in missing)
