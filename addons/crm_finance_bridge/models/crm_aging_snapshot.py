from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.tools import SQL

MONTHS_BACK = 12  # month ends that the first run rebuilds from the ledger


class CrmAgingSnapshot(models.Model):
    """Receivables of a company at a month end, by customer, salesperson, team and age: the trend.

    Company currency, + = the customer owes; territory and class are those of the day the month end was taken.
    One month end of a company is taken whole, in one transaction, and never again: running the job twice, or two of
    them at once, changes nothing, and a killed job is caught up by the next.
    """

    _name = "crm.aging.snapshot"
    _inherit = ["crm.bucket.mixin"]
    _description = "Receivables by Age, Month End"
    _order = "date desc, amount desc, id"
    _rec_name = "partner_id"

    kpi_id = fields.Many2one("crm.receivable.kpi", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month End", required=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null", ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null")
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="set null")
    territory_id = fields.Many2one("crm.territory", ondelete="set null")
    customer_class = fields.Selection(CLASSES, "Class")
    bucket = fields.Selection(selection="_selection_bucket", string="Age", required=True)
    amount = fields.Monetary("Open Amount")
    items = fields.Integer("Open Items")
    disputed = fields.Monetary()
    promised = fields.Monetary()

    # === RUNS === #

    @api.model
    def _cron_run(self):
        """Take what month ends are missing, one a step: what is done stays done when the job is killed."""
        missing = self._missing()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        for company, day in missing:
            self._take(company, day)
            if not cron._commit_progress(processed=1):
                return

    @api.model
    def _process(self, today=None):
        """Take what is missing, without commits; returns the number of month ends taken."""
        return sum(bool(self._take(company, day, today)) for company, day in self._missing(today))

    @api.model
    def _missing(self, today=None):
        """[(company, month end)] not yet taken: the last twelve of each company with a receivable entry by then."""
        found = []
        taken = {
            (company.id, date)
            for company, date in self.env["crm.receivable.kpi"].sudo()._read_group([], ["company_id", "date:day"])
        }
        firsts = dict(
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [("account_id.account_type", "=", "asset_receivable"), ("parent_state", "=", "posted")],
                ["company_id"],
                ["date:min"],
            )
        )
        for company, first in sorted(firsts.items(), key=lambda pair: pair[0].id):
            end = (today or company._crm_credit_today()).replace(day=1)
            ends = []
            for _number in range(MONTHS_BACK):
                day = fields.Date.subtract(end, days=1)
                end = day.replace(day=1)
                if first <= day and (company.id, day) not in taken:
                    ends.append((company, day))
            found += ends[::-1]
        return found

    @api.model
    def _take(self, company, day, today=None):
        """Take a month end of a company; returns its figures, or nothing where it has been taken.

        The row of the figures is the lock: a second transaction waits for the first, then finds it or is tried again.
        """
        Kpi = self.env["crm.receivable.kpi"].sudo()
        late = fields.Date.subtract(today or company._crm_credit_today(), months=1) > day
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_receivable_kpi (company_id, date, source, state, create_uid, create_date)
                VALUES (%s, %s, %s, 'ok', %s, NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (company_id, date) DO NOTHING RETURNING id
                """,
                company.id,
                day,
                "rebuilt" if late else "measured",
                self.env.uid,
            )
        )
        if not rows:
            return Kpi
        kpi = Kpi.browse(rows[0])
        kpi.write(Kpi._values(company.sudo(), day))
        self._insert(kpi)
        self.env["crm.aging.roll"].sudo()._insert(kpi)
        return kpi

    @api.model
    def _insert(self, kpi):
        """The rows of a month end, in one statement over crm.open.item."""
        company = kpi.company_id
        Item = self.env["crm.open.item"].sudo().with_context(as_of=kpi.date, allowed_company_ids=company.ids)
        names = ["partner_id", "user_id", "partner_user_id", "team_id", "territory_id", "customer_class", "bucket"]
        groups = SQL(", ").join(SQL.identifier(Item._table, name) for name in names)
        query = Item._search([("company_id", "=", company.id)]).select(
            SQL("%s, %s, %s::date", kpi.id, company.id, kpi.date),
            groups,
            SQL("SUM(residual), COUNT(*), SUM(disputed), SUM(promised)"),
        )
        self.env.execute_query(
            SQL(
                "INSERT INTO crm_aging_snapshot (kpi_id, company_id, date, %s, amount, items, disputed, promised)"
                " %s GROUP BY %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                query,
                groups,
            )
        )
        self.invalidate_model()
