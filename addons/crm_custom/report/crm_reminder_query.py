from odoo import api, fields, models
from odoo.tools import SQL

from .crm_order_rhythm import COMPANIES

ACTIVITY, VISIT, REORDER, DORMANT = range(4)
"""Low three bits of an id, and the column `part`: which part of the union the row comes from."""
NOT_A_CONTACT = ("upload_file",)
"""Categories of activities that are work on documents."""


class CrmReminderQuery(models.AbstractModel):
    """The inner queries of crm.reminder. Days are those of the user's time zone; `as_of` in the context is today."""

    _name = "crm.reminder.query"
    _inherit = ["crm.fact"]
    _description = "Reminders, Query"

    @api.model
    def _today(self):
        return fields.Date.to_date(self.env.context.get("as_of")) or fields.Date.context_today(self)

    @api.model
    def _local_day(self, moment: SQL) -> SQL:
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.env.tz.zone)

    @api.model
    def _row(self, code, row_id, source, where, **columns) -> SQL:
        """One SELECT of the union; what a part does not have is NULL."""
        nothing = {
            "name": SQL("NULL::varchar"),
            "res_model": SQL("NULL::varchar"),
            "res_id": SQL("NULL::int"),
            "activity_id": SQL("NULL::int"),
            "visit_id": SQL("NULL::int"),
            "gap": SQL("NULL::numeric"),
            "last_date": SQL("NULL::date"),
        }
        columns = {"id": SQL("(%s) * 8::bigint + %s", row_id, code), "part": SQL("%s", code)} | nothing | columns
        selected = SQL(", ").join(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items())
        return SQL("SELECT %s FROM %s WHERE %s", selected, source, where)

    @api.model
    def _due_kind(self, day: SQL) -> SQL:
        today = self._today()
        return SQL(
            "CASE WHEN %s < %s THEN 'overdue' WHEN %s = %s THEN 'today' ELSE 'tomorrow' END", day, today, day, today
        )

    @api.model
    def _due_columns(self, day: SQL):
        today = self._today()
        return {
            "kind": self._due_kind(day),
            "date": day,
            "days_late": SQL("GREATEST(0, %s - %s)", today, day),
        }

    @api.model
    def _activities(self):
        """Planned contacts: open activities on customers, opportunities and orders, up to tomorrow."""
        tomorrow = fields.Date.add(self._today(), days=1)
        sources = {
            "res.partner": (SQL("res_partner record"), SQL("record.id"), SQL("NULL::int")),
            "crm.lead": (SQL("crm_lead record"), SQL("record.partner_id"), SQL("record.company_id")),
            "sale.order": (SQL("sale_order record"), SQL("record.partner_id"), SQL("record.company_id")),
        }
        return [
            self._row(
                ACTIVITY,
                SQL("activity.id"),
                SQL(
                    """mail_activity activity JOIN %s ON record.id = activity.res_id
                       JOIN res_partner person ON person.id = %s
                       JOIN res_partner partner ON partner.id = person.commercial_partner_id
                       LEFT JOIN mail_activity_type type ON type.id = activity.activity_type_id""",
                    table,
                    partner,
                ),
                SQL(
                    """activity.res_model = %s AND activity.active AND activity.date_deadline <= %s
                       AND COALESCE(type.category, 'default') NOT IN %s""",
                    model,
                    tomorrow,
                    NOT_A_CONTACT,
                ),
                **self._due_columns(SQL("activity.date_deadline")),
                partner_id=SQL("partner.id"),
                user_id=SQL("activity.user_id"),
                partner_user_id=SQL("partner.user_id"),
                company_id=company,
                name=SQL(
                    "COALESCE(NULLIF(activity.summary, ''), type.name ->> %s, type.name ->> 'en_US')",
                    self.env.lang or "en_US",
                ),
                res_model=SQL("activity.res_model"),
                res_id=SQL("activity.res_id"),
                activity_id=SQL("activity.id"),
            )
            for model, (table, partner, company) in sources.items()
        ]

    @api.model
    def _visits(self):
        """Visits that are planned or confirmed, up to tomorrow."""
        day = self._local_day(SQL("visit.start"))
        return self._row(
            VISIT,
            SQL("visit.id"),
            SQL("crm_visit visit JOIN res_partner partner ON partner.id = visit.partner_id"),
            SQL(
                "visit.state IN ('draft', 'confirmed', 'in_progress') AND visit.start < %s AND %s <= %s",
                fields.Datetime.add(fields.Datetime.to_datetime(self._today()), days=3),
                day,
                fields.Date.add(self._today(), days=1),
            ),
            **self._due_columns(day),
            partner_id=SQL("visit.partner_id"),
            user_id=SQL("visit.user_id"),
            partner_user_id=SQL("partner.user_id"),
            company_id=SQL("visit.company_id"),
            name=SQL("COALESCE(NULLIF(visit.objective, ''), %s)", self.env._("Visit")),
            res_model=SQL("'crm.visit'"),
            res_id=SQL("visit.id"),
            visit_id=SQL("visit.id"),
        )

    @api.model
    def _reorders(self):
        """Customers whose gap since the last order exceeds their usual one, or the cycle set for them."""
        return self._row(
            REORDER,
            SQL("rhythm.id"),
            SQL("(%s) rhythm", self.env["crm.order.rhythm"]._table_query),
            SQL("rhythm.next_date < %s", self._today()),
            kind=SQL("'reorder'"),
            date=SQL("rhythm.next_date"),
            days_late=SQL("%s - rhythm.next_date", self._today()),
            partner_id=SQL("rhythm.partner_id"),
            user_id=SQL("rhythm.user_id"),
            partner_user_id=SQL("rhythm.user_id"),
            company_id=SQL("rhythm.company_id"),
            gap=SQL("rhythm.gap"),
            last_date=SQL("rhythm.last_date"),
        )

    @api.model
    def _dormant(self):
        """Customers without order, payment or contact for the company's number of days, or ever."""
        return self._row(
            DORMANT,
            SQL("partner.id * %s::bigint + company.id", COMPANIES),
            SQL(
                """(SELECT id, user_id, company_id, create_date FROM res_partner
                       WHERE active AND (parent_id IS NULL OR is_company)
                       AND (customer_rank > 0 OR customer_role IS NOT NULL OR user_id IS NOT NULL)) partner
                   LEFT JOIN (%s) dealing ON dealing.partner_id = partner.id
                   JOIN res_company company
                       ON company.id = COALESCE(dealing.company_id, partner.company_id, %s)
                   CROSS JOIN LATERAL (SELECT COALESCE(dealing.day, %s) AS day) last""",
                self._dealings(),
                self.env.company.id,
                self._local_day(SQL("partner.create_date")),
            ),
            SQL("last.day < %s::date - company.crm_dormant_days", self._today()),
            kind=SQL("'dormant'"),
            date=SQL("last.day + company.crm_dormant_days"),
            days_late=SQL("%s::date - last.day - company.crm_dormant_days", self._today()),
            partner_id=SQL("partner.id"),
            user_id=SQL("partner.user_id"),
            partner_user_id=SQL("partner.user_id"),
            company_id=SQL("company.id"),
            last_date=SQL("dealing.day"),
        )

    @api.model
    def _dealings(self) -> SQL:
        """(company_id, partner_id, day): newest order, customer payment (also by bank statement) or contact."""
        companies, rhythm = tuple(self.env.companies.ids), self.env["crm.order.rhythm"]
        orders = rhythm._placed()
        return SQL(
            """
            SELECT company_id, partner_id, MAX(day) AS day FROM (
                SELECT company_id, partner_id, day FROM (%(orders)s) placed
                UNION ALL
                SELECT company_id, partner_id, day FROM (%(invoices)s) billed
                UNION ALL
                SELECT payment.company_id, partner.commercial_partner_id, payment.date
                FROM account_payment payment JOIN res_partner partner ON partner.id = payment.partner_id
                WHERE payment.partner_type = 'customer' AND payment.payment_type = 'inbound'
                    AND payment.state IN ('in_process', 'paid') AND payment.company_id IN %(companies)s
                UNION ALL
                SELECT line.company_id, partner.commercial_partner_id, line.date
                FROM account_move_line line
                JOIN account_account account ON account.id = line.account_id
                JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.statement_line_id IS NOT NULL AND line.parent_state = 'posted' AND line.credit > 0
                    AND account.account_type = 'asset_receivable' AND line.company_id IN %(companies)s
                UNION ALL
                SELECT log.company_id, log.partner_id, %(log_day)s
                FROM crm_contact_log log WHERE log.company_id IN %(companies)s
            ) dealt
            GROUP BY company_id, partner_id
            """,
            orders=orders,
            invoices=rhythm._invoices_before(orders),
            companies=companies,
            log_day=self._local_day(SQL("log.date")),
        )
