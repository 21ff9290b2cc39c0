from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.statement import month_due


class CrmStatementRun(models.Model):
    """The customers of a run, in one statement for all of them: 20,000 take seconds, none is loaded."""

    _inherit = "crm.statement.run"

    def _prepare(self):
        """Fill a new run, or fill a preview anew. Nothing is sent. Returns the number of customers."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("new", "draft"):
            raise UserError(self.env._("This run cannot be prepared any more."))
        self.state = "draft"
        self.env.flush_all()
        self.env.execute_query(SQL("DELETE FROM crm_statement_run_line WHERE run_id = %s RETURNING id", self.id))
        count = len(self.env.execute_query(self._insert_query()))
        self.env.invalidate_all()
        return count

    def _insert_query(self):
        """One line a customer with something open at the closing date, or with movements and a wish to see them."""
        return SQL(
            """
            INSERT INTO crm_statement_run_line (
                run_id, company_id, partner_id, contact_id, email, kind, date_from, date, state, amount, overdue,
                create_uid, write_uid, create_date, write_date)
            SELECT %(run)s, %(company)s, customer.id, COALESCE(person.id, customer.id), person.email,
                   CASE WHEN wish.kind = 'none' THEN %(kind)s ELSE wish.kind END, %(date_from)s, %(date)s,
                   CASE WHEN wish.kind = 'none' THEN 'optout' WHEN person.id IS NULL THEN 'no_email' ELSE 'draft' END,
                   COALESCE(open.amount, 0), COALESCE(open.overdue, 0), %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM (%(open)s) open
              FULL JOIN (%(moved)s) moved ON moved.partner_id = open.partner_id
              JOIN res_partner customer ON customer.id = COALESCE(open.partner_id, moved.partner_id)
        CROSS JOIN LATERAL (SELECT COALESCE(customer.crm_statement_send, %(kind)s) AS kind) wish
         LEFT JOIN LATERAL (
                SELECT contact.id, contact.email_normalized AS email FROM res_partner contact
                 WHERE contact.commercial_partner_id = customer.id AND contact.active
                   AND contact.email_normalized IS NOT NULL
                 ORDER BY contact.type = 'invoice' DESC, contact.id = customer.id DESC, contact.id LIMIT 1
              ) person ON TRUE
             WHERE open.partner_id IS NOT NULL OR wish.kind = 'movement'
             ORDER BY customer.id
            RETURNING id
            """,
            run=self.id,
            company=self.company_id.id,
            kind=self.kind,
            date_from=self.date_from,
            date=self.date,
            uid=self.env.uid,
            now=self.env.cr.now(),
            open=self._open_query(),
            moved=self._moved_query(),
        )

    def _open_query(self):
        """(partner_id, amount, overdue) of who has an open item at the closing date, company currency."""
        Item = self.env["crm.open.item"].sudo().with_context(as_of=fields.Date.to_string(self.date))
        items = Item._search([("company_id", "child_of", self.company_id.id), ("partner_id", "!=", False)])
        columns = (SQL.identifier(Item._table, name) for name in ("partner_id", "residual", "days_overdue"))
        return SQL(
            """SELECT partner_id, SUM(residual) AS amount,
                      SUM(CASE WHEN days_overdue > 0 THEN residual ELSE 0 END) AS overdue
                 FROM (%s) item GROUP BY partner_id""",
            items.select(*columns),
        )

    def _moved_query(self):
        """(partner_id) of who has a posted receivable journal item in the period."""
        companies = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.id)])
        return SQL(
            """
            SELECT DISTINCT partner.commercial_partner_id AS partner_id
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
               AND line.date BETWEEN %s AND %s AND line.company_id = ANY(%s)
            """,
            self.date_from,
            self.date,
            companies.ids,
        )

    # === JOB === #

    @api.model
    def _cron_run(self):
        """Every hour: prepare once a month as each company wants, go on with what is to send."""
        self._process_prepare()
        self._process_send(progress=self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_prepare(self, today=None):
        """One run a company and month, from its day on; days missed are caught up within the month."""
        for company in self.env["res.company"].search([("parent_id", "=", False), ("crm_statement_mode", "!=", "off")]):
            month = month_due(today or company._crm_credit_today(), company.crm_statement_day)
            if not month:
                continue
            # A run that somebody cancelled is not made again; one that nobody has prepared is none yet.
            made = [("company_id", "=", company.id), ("date", "=", month[1]), ("state", "!=", "new")]
            if self.search_count(made, limit=1):
                continue
            user = company._crm_credit_releasers()[:1] or self.env.user
            run = self.create(
                {
                    "company_id": company.id,
                    "kind": company.crm_statement_kind,
                    "date_from": month[0],
                    "date": month[1],
                    "by_cron": True,
                    "user_id": user.id,
                }
            )
            if not run._prepare():
                run.state = "done"
            elif company.crm_statement_mode == "send":
                run.state = "sending"
            else:
                run._tell()

    def _tell(self):
        """A to-do for whoever looks at the preview."""
        users = self.company_id._crm_credit_releasers()
        if users:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=users[0].id,
                summary=self.env._("Look at the statements and send them"),
            )
