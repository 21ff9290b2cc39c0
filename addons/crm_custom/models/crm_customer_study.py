from dateutil.relativedelta import relativedelta
from odoo import Command, api, fields, models
from odoo.tools import SQL

QUESTIONS = [
    ("potential", "Potential: which way do they go?"),
    ("new", "New: why do they grow?"),
    ("valuable", "Valuable: where does their value go?"),
    ("expandable", "Expandable: what makes them buy more?"),
]
TOP = 5


class CrmCustomerStudy(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """Four questions on the process of winning customers, one panel each: counts, and main sources or products.

    States from `crm.customer.change` up to `date`; the period before has the same length. Sales: posted untaxed
    invoices less credit notes, company currency. Expandable: existing customers whose sales of twelve months grew.
    """

    _name = "crm.customer.study"
    _description = "Customer Process Study"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self) - relativedelta(years=1)
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    line_ids = fields.One2many("crm.customer.study.line", "study_id")
    potential_ids = fields.One2many("crm.customer.study.line", "study_id", domain=[("question", "=", "potential")])
    new_ids = fields.One2many("crm.customer.study.line", "study_id", domain=[("question", "=", "new")])
    valuable_ids = fields.One2many("crm.customer.study.line", "study_id", domain=[("question", "=", "valuable")])
    expandable_ids = fields.One2many("crm.customer.study.line", "study_id", domain=[("question", "=", "expandable")])
    potential_text = fields.Char(compute="_compute_texts")
    new_text = fields.Char(compute="_compute_texts")
    valuable_text = fields.Char(compute="_compute_texts")
    expandable_text = fields.Char(compute="_compute_texts")

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_texts(self):
        for study in self:
            for question, _label in QUESTIONS:
                lines = study.line_ids.filtered(lambda line, question=question: line.question == question)
                total = lines.filtered(lambda line: line.kind == "total")[:1]
                study[f"{question}_text"] = (
                    self.env._(
                        "%(now)s customers, %(before)s at the start of the period",
                        now=total.count,
                        before=total.count_before,
                    )
                    if total
                    else self.env._("Not enough data")
                )

    def action_study(self):
        """Answer the four questions again."""
        self.ensure_one()
        self.line_ids.unlink()
        self.env.flush_all()
        lines = []
        for question, _label in QUESTIONS:
            now = self._members(question, self.date_to)
            before = self._members(question, self.date_from)
            lines.append({"question": question, "kind": "total", "name": "", **self._counts(now, before)})
            if question in ("potential", "new"):
                lines += self._sources(question, now)
            if question != "potential":
                lines += self._products(question, now)
            lines += self._directions(question, before) if question in ("potential", "valuable") else []
        self.line_ids = [Command.create(vals) for vals in lines]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer Process Study"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def action_open(self):
        return self.create({}).action_study()

    # === FACTS === #

    def _state_at(self, day):
        """Query of (partner_id, state) at the end of a day, for customers that the user may see."""
        visible = self.env["crm.customer.change"]._search(
            [("company_id", "=", self.company_id.id), ("kind", "=", "lifecycle"), ("date", "<=", day)]
        )
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, new_value AS state FROM crm_customer_change
                WHERE id IN %s ORDER BY partner_id, date DESC, id DESC""",
            visible.subselect(),
        )

    def _sales(self, start, stop):
        """Query of (partner_id, amount) on start < day <= stop."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, SUM(move.amount_untaxed_signed) AS amount
                 FROM account_move move WHERE %s GROUP BY move.commercial_partner_id""",
            self.env["crm.metric"]._sales_where(
                self.company_id, start + relativedelta(days=1), stop + relativedelta(days=1)
            ),
        )

    def _members(self, question, day):
        """Ids of the customers that the question is about on that day."""
        if question != "expandable":
            query = SQL("SELECT partner_id FROM (%s) known WHERE state = %s", self._state_at(day), question)
        else:
            year = relativedelta(years=1)
            query = SQL(
                """SELECT known.partner_id FROM (%s) known JOIN (%s) later ON later.partner_id = known.partner_id
                     JOIN (%s) earlier ON earlier.partner_id = known.partner_id
                    WHERE known.state = 'existing' AND later.amount > earlier.amount""",
                self._state_at(day),
                self._sales(day - year, day),
                self._sales(day - 2 * year, day - year),
            )
        return [partner for (partner,) in self.env.execute_query(query)]

    @api.model
    def _counts(self, now, before=()):
        return {"count": len(now), "count_before": len(before), "partner_ids": [Command.set(now)]}

    def _sources(self, question, members):
        """Main sources: of the first invoice, or for those never invoiced of their opportunities."""
        rows = self.env.execute_query(
            SQL(
                """SELECT source.name, ARRAY_AGG(DISTINCT won.partner_id)
                     FROM (SELECT partner_id, source_id FROM %(acquisition)s first WHERE company_id = %(company)s
                            UNION
                           SELECT partner.commercial_partner_id, lead.source_id FROM crm_lead lead
                             JOIN res_partner partner ON partner.id = lead.partner_id) won
                     JOIN utm_source source ON source.id = won.source_id
                    WHERE won.partner_id = ANY(%(members)s)
                    GROUP BY source.id ORDER BY COUNT(DISTINCT won.partner_id) DESC, source.id LIMIT %(top)s""",
                acquisition=self.env["crm.acquisition"].sudo()._table_sql,
                company=self.company_id.id,
                members=members,
                top=TOP,
            )
        )
        return [
            {"question": question, "kind": "source", "name": name, **self._counts(partners)} for name, partners in rows
        ]

    def _products(self, question, members):
        """Product categories by what they added to the sales of these customers against the twelve months before."""
        stop, year = self.date_to + relativedelta(days=1), relativedelta(years=1)
        where = self.env["crm.metric"]._sales_where(self.company_id, stop - 2 * year, stop)
        rows = self.env.execute_query(
            SQL(
                """SELECT category.complete_name, ARRAY_AGG(DISTINCT move.commercial_partner_id),
                          SUM(CASE WHEN move.invoice_date >= %(middle)s THEN -line.balance ELSE line.balance END)
                     FROM account_move move
                     JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                     LEFT JOIN product_category category ON category.id = template.categ_id
                    WHERE %(where)s AND move.commercial_partner_id = ANY(%(members)s)
                    GROUP BY category.id ORDER BY ABS(SUM(
                          CASE WHEN move.invoice_date >= %(middle)s THEN -line.balance ELSE line.balance END)) DESC
                    LIMIT %(top)s""",
                middle=stop - year,
                where=where,
                members=members,
                top=TOP,
            )
        )
        return [
            {
                "question": question,
                "kind": "product",
                "name": name or self.env._("No category"),
                "amount": more,
                **self._counts(partners),
            }
            for name, partners, more in rows
        ]

    def _directions(self, question, before):
        """What became of those who were in the state at the start of the period."""
        rows = self.env.execute_query(
            SQL(
                "SELECT state, ARRAY_AGG(partner_id) FROM (%s) known WHERE partner_id = ANY(%s) GROUP BY state",
                self._state_at(self.date_to),
                before,
            )
        )
        names = dict(self.env["crm.scorecard"]._fields["lifecycle"]._description_selection(self.env))
        return [
            {"question": question, "kind": "direction", "name": names.get(state, state), **self._counts(partners)}
            for state, partners in sorted(rows, key=lambda row: -len(row[1]))
        ]
