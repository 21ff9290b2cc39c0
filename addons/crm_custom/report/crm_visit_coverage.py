from odoo import fields, models
from odoo.tools import SQL


class CrmVisitCoverage(models.Model):
    """Visits planned against visits done: one row per visit, by the day of the plan.

    `planned` counts the visits of plans, cancelled ones too; `done` those of them that took place; `extra` visits
    that took place without a plan. Coverage in percent is done over planned of whatever is grouped. The class is the
    one by which the visit was planned, for visits without plan the newest one of the customer.
    """

    _name = "crm.visit.coverage"
    _inherit = ["crm.fact"]
    _description = "Visits Planned and Done"
    _auto = False
    _rec_name = "partner_id"
    _order = "planned_date, id"

    visit_id = fields.Many2one("crm.visit", readonly=True)
    plan_id = fields.Many2one("crm.visit.plan", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Customer's Salesperson", readonly=True)
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="Class", readonly=True)
    planned_date = fields.Date(string="Planned for", readonly=True)
    done_date = fields.Datetime(string="Closed", readonly=True)
    state = fields.Selection(
        lambda self: self.env["crm.visit"]._fields["state"]._description_selection(self.env), readonly=True
    )
    planned = fields.Integer(readonly=True)
    done = fields.Integer(readonly=True)
    open = fields.Integer(string="To do", readonly=True)
    late = fields.Integer(readonly=True, help="Planned for a day before today, neither done nor cancelled.")
    cancelled = fields.Integer(readonly=True)
    extra = fields.Integer(string="Done beside the plan", readonly=True)
    coverage = fields.Float(string="Done %", readonly=True, digits=(5, 1), aggregator="avg")

    _depends = {
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id"],
        "crm.visit": [
            "company_id", "done_date", "partner_id", "plan_id", "plan_line_id", "planned_date", "state", "user_id",
        ],
        "crm.visit.plan.line": ["customer_class"],
        "res.partner": ["user_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT visit.id, visit.id AS visit_id, visit.plan_id, visit.company_id, visit.partner_id, visit.user_id,
                partner.user_id AS partner_user_id,
                COALESCE(line.customer_class, card.customer_class) AS customer_class,
                visit.planned_date, visit.done_date, visit.state,
                (visit.plan_line_id IS NOT NULL)::int AS planned,
                (visit.plan_line_id IS NOT NULL AND visit.state = 'done')::int AS done,
                (visit.state IN ('draft', 'confirmed', 'in_progress'))::int AS open,
                (visit.state IN ('draft', 'confirmed', 'in_progress') AND visit.planned_date < %(today)s)::int AS late,
                (visit.state = 'cancelled')::int AS cancelled,
                (visit.plan_line_id IS NULL AND visit.state = 'done')::int AS extra,
                CASE WHEN visit.plan_line_id IS NOT NULL
                    THEN CASE WHEN visit.state = 'done' THEN 100.0 ELSE 0.0 END END AS coverage
            FROM crm_visit visit
            JOIN res_partner partner ON partner.id = visit.partner_id
            LEFT JOIN crm_visit_plan_line line ON line.id = visit.plan_line_id
            LEFT JOIN crm_scorecard card ON card.partner_id = visit.partner_id
                AND card.company_id = visit.company_id AND card.is_latest
            """,
            today=fields.Date.context_today(self),
        )

    def action_open(self):
        self.ensure_one()
        return self._open_form(self.visit_id)
