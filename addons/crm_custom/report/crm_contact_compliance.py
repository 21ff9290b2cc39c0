from odoo import api, fields, models
from odoo.tools import SQL

from .crm_order_rhythm import COMPANIES

DAYS = 365


class CrmContactCompliance(models.Model):
    """Contacts promised by the class against contacts made: one row per customer from maintenance level 2 on.

    Window: the 365 days up to today. `wanted` is `contacts_per_year` of the policy of the customer's newest class;
    compliance in percent is made over wanted, at most 100. A customer without class or promise says so in `status`.
    """

    _name = "crm.contact.compliance"
    _inherit = ["crm.fact"]
    _description = "Contact Frequency"
    _auto = False
    _rec_name = "partner_id"
    _order = "compliance, id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    maintenance_level = fields.Selection(
        lambda self: self.env["res.partner"]._fields["maintenance_level"]._description_selection(self.env),
        readonly=True,
    )
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="Class", readonly=True)
    wanted = fields.Integer(string="Contacts promised", readonly=True)
    made = fields.Integer(string="Contacts made", readonly=True)
    missing = fields.Integer(readonly=True)
    compliance = fields.Float(string="Compliance %", digits=(5, 1), readonly=True, aggregator="avg")
    last_date = fields.Datetime(string="Last contact", readonly=True)
    status = fields.Selection(
        [("kept", "Kept"), ("behind", "Behind"), ("none", "No contact"), ("unset", "No promise set")], readonly=True
    )

    _depends = {
        "crm.contact.log": ["company_id", "date", "partner_id"],
        "crm.customer.class.policy": ["company_id", "contacts_per_year", "customer_class"],
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id"],
        "res.partner": ["active", "commercial_partner_id", "company_id", "maintenance_level", "user_id"],
    }

    @api.model
    def _today(self):
        return fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)

    @property
    def _table_query(self):
        today = self._today()
        return SQL(
            """
            SELECT partner.id * %(factor)s::bigint + company.id AS id, partner.id AS partner_id,
                company.id AS company_id, partner.user_id, partner.maintenance_level, card.customer_class,
                COALESCE(policy.contacts_per_year, 0) AS wanted, COALESCE(log.made, 0)::int AS made,
                GREATEST(0, COALESCE(policy.contacts_per_year, 0) - COALESCE(log.made, 0))::int AS missing,
                CASE WHEN policy.contacts_per_year > 0
                    THEN LEAST(100.0, 100.0 * COALESCE(log.made, 0) / policy.contacts_per_year) END AS compliance,
                log.last_date,
                CASE WHEN COALESCE(policy.contacts_per_year, 0) = 0 THEN 'unset'
                    WHEN COALESCE(log.made, 0) = 0 THEN 'none'
                    WHEN log.made >= policy.contacts_per_year THEN 'kept' ELSE 'behind' END AS status
            FROM res_partner partner
            JOIN res_company company ON company.id IN %(companies)s
                AND (partner.company_id IS NULL OR partner.company_id = company.id)
            LEFT JOIN crm_scorecard card ON card.partner_id = partner.id AND card.company_id = company.id
                AND card.is_latest
            LEFT JOIN crm_customer_class_policy policy ON policy.company_id = company.id
                AND policy.customer_class = card.customer_class
            LEFT JOIN (
                SELECT partner_id, company_id, COUNT(*) AS made, MAX(date) AS last_date FROM crm_contact_log
                WHERE date >= %(start)s AND date < %(stop)s GROUP BY 1, 2
            ) log ON log.partner_id = partner.id AND log.company_id = company.id
            WHERE partner.active AND partner.commercial_partner_id = partner.id
                AND partner.maintenance_level IN ('2', '3', '4')
            """,
            factor=COMPANIES,
            companies=tuple(self.env.companies.ids),
            start=fields.Date.subtract(today, days=DAYS - 1),
            stop=fields.Date.add(today, days=1),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Compliance of a group: contacts that count over contacts promised, not the mean of percentages."""
        if aggregate_spec == "compliance:avg":
            table = self._table
            wanted, missing = (SQL.identifier(table, name) for name in ("wanted", "missing"))
            return SQL("100.0 * SUM(%s - %s) / NULLIF(SUM(%s), 0)", wanted, missing, wanted)
        return super()._read_group_select(aggregate_spec, query)

    def action_open(self):
        self.ensure_one()
        return self._open_form(self.partner_id)

    def action_contacts(self):
        """The contacts behind the figure."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts of %(customer)s", customer=self.partner_id.display_name),
            "res_model": "crm.contact.log",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", fields.Date.subtract(self._today(), days=DAYS - 1)),
            ],
            "context": {"default_partner_id": self.partner_id.id},
        }
