from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .crm_order_rhythm import COMPANIES
from .crm_reminder_query import DORMANT, REORDER


class CrmReminder(models.Model):
    """The daily screen: whom to contact today and tomorrow, who was forgotten, who should have ordered, who is quiet.

    A union over the records themselves (crm_reminder_query.py), nothing is stored. `days_late` is never negative: of
    a planned contact the days since its day, of a reorder the days since the order was due, of a dormant customer the
    days beyond the company's limit.
    """

    _name = "crm.reminder"
    _inherit = ["crm.reminder.query"]
    _description = "Reminder"
    _auto = False
    _rec_name = "partner_id"
    _order = "date, id"

    kind = fields.Selection(
        [
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("overdue", "Overdue"),
            ("reorder", "Reorder Overdue"),
            ("dormant", "Dormant"),
        ],
        readonly=True,
        group_expand=True,
    )
    part = fields.Integer(readonly=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Customer's Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg")
    name = fields.Char(string="What", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True)
    visit_id = fields.Many2one("crm.visit", readonly=True)
    gap = fields.Float(string="Usual gap", digits=(10, 1), readonly=True, aggregator=None)
    last_date = fields.Date(string="Last dealing", readonly=True, help="Order, payment or contact.")
    reason = fields.Char(string="Why", compute="_compute_reason")
    phone = fields.Char(related="partner_id.phone")
    customer_class = fields.Selection(related="partner_id.customer_class")
    last_contact = fields.Datetime(related="partner_id.crm_last_contact", string="Last contact")

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": [
            "account_id", "company_id", "credit", "date", "parent_state", "partner_id", "statement_line_id",
        ],
        "account.payment": ["company_id", "date", "partner_id", "partner_type", "payment_type", "state"],
        "crm.contact.log": ["company_id", "date", "partner_id"],
        "crm.lead": ["company_id", "partner_id"],
        "crm.visit": ["company_id", "objective", "partner_id", "start", "state", "user_id"],
        "mail.activity": ["active", "activity_type_id", "date_deadline", "res_id", "res_model", "summary", "user_id"],
        "res.company": ["crm_dormant_days", "crm_rhythm_method"],
        "res.partner": [
            "active", "commercial_partner_id", "company_id", "create_date", "crm_order_cycle", "customer_rank",
            "customer_role", "user_id",
        ],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join([*self._activities(), self._visits(), self._reorders(), self._dormant()])

    def _fetch_query(self, query, fields):
        """Read rows by part and customer, which prune the union and reach the indexes; the id is computed."""
        if self:
            part, partner = (SQL.identifier(self._table, name) for name in ("part", "partner_id"))
            parts = tuple({identifier & 7 for identifier in self._ids})
            query.add_where(SQL("%s IN %s", part, parts))
            counted = [identifier for identifier in self._ids if identifier & 7 in (REORDER, DORMANT)]
            partners = tuple({(identifier >> 3) // COMPANIES for identifier in counted}) or (0,)
            query.add_where(SQL("(%s NOT IN %s OR %s IN %s)", part, (REORDER, DORMANT), partner, partners))
        return super()._fetch_query(query, fields)

    @api.depends("kind", "name", "gap", "last_date", "days_late")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            day = format_date(self.env, row.last_date)
            if row.kind == "reorder":
                row.reason = self.env._(
                    "orders every %(gap).0f days, last on %(day)s: due %(late)s days ago",
                    gap=row.gap,
                    day=day,
                    late=row.days_late,
                )
            elif row.kind == "dormant" and row.last_date:
                row.reason = self.env._("no order, payment or contact since %(day)s", day=day)
            elif row.kind == "dormant":
                row.reason = self.env._("never an order, payment or contact")
            elif row.days_late == 1:
                row.reason = self.env._("%(what)s: 1 day late", what=row.name)
            elif row.days_late:
                row.reason = self.env._("%(what)s: %(late)s days late", what=row.name, late=row.days_late)
            else:
                row.reason = row.name

    # === ACTIONS === #

    def action_open(self):
        """The record the reminder is about: visit, opportunity, order or customer."""
        self.ensure_one()
        if self.res_model:
            return self._open_form(self.env[self.res_model].browse(self.res_id))
        return self.action_open_customer()

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)

    def action_contacted(self):
        """One click: a call that has just been made; a planned contact is done with it."""
        self.ensure_one()
        if self.visit_id:
            raise UserError(self.env._("A visit is recorded by closing it with its result."))
        self._logging()._log(self.partner_id, "call", subject=self._subject(), company_id=self._company().id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_log(self):
        """The form of a contact, filled in; saving it makes a planned contact done."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a Contact"),
            "res_model": "crm.contact.log",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_subject": self._subject(),
                "default_company_id": self._company().id,
                "crm_done_activity_id": self.activity_id.id,
            },
        }

    def action_plan_visit(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit"),
            "res_model": "crm.visit",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self._company().id},
        }

    def _logging(self):
        return self.env["crm.contact.log"].with_context(crm_done_activity_id=self.activity_id.id)

    def _company(self):
        return self.company_id or self.partner_id.company_id or self.env.company

    def _subject(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.name or kinds[self.kind]
