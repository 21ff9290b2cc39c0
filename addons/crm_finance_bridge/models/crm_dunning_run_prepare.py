from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmDunningRun(models.Model):
    """The letters of a run, in one statement for all customers: 20,000 take seconds, none is loaded."""

    _inherit = "crm.dunning.run"

    def _prepare(self, today):
        """Fill a new run, or fill a preview anew, as of a day of the company. Nothing is sent."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("new", "draft"):
            raise UserError(self.env._("This run cannot be prepared any more."))
        self._drop_letters()
        self.write({"state": "draft", "date": today})
        self.env["crm.dunning.letter"]._release_held(self.company_id, today)
        self.env["crm.dunning.status"]._dunning_flush()
        self.env.flush_all()
        [[count]] = self.env.execute_query(self._insert_query(today))
        self.env.invalidate_all()
        return count

    def _drop_letters(self):
        """Remove what an earlier preview of this run made."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_dunning_letter WHERE run_id = %s AND state IN ('draft', 'held', 'cancelled')
                   RETURNING id""",
                self.id,
            )
        )
        self.env.invalidate_all()

    def _insert_query(self, today):
        """One letter a customer, one line an overdue instalment; returns the number of letters."""
        return SQL(
            """
            WITH ready AS MATERIALIZED (
                SELECT row.*, level.interest_rate, level.fee, level.channel, level.user_id AS level_user_id
                  FROM (%(rows)s) row LEFT JOIN crm_dunning_level level ON level.id = row.level_id
                 WHERE row.in_letter
            ), letter AS (
                INSERT INTO crm_dunning_letter (
                    run_id, company_id, partner_id, contact_id, email, no_email, strategy_id, level_id, rank, channel,
                    date, state, held_until, user_id, amount, fee, interest, create_uid, write_uid, create_date,
                    write_date)
                %(letters)s
                RETURNING id, partner_id, level_id
            ), written AS (
                INSERT INTO crm_dunning_letter_line (
                    letter_id, move_line_id, due_date, days_overdue, amount, amount_document, interest, rank, advances,
                    create_uid, write_uid, create_date, write_date)
                %(lines)s
                RETURNING 1
            )
            SELECT COUNT(*) FROM letter
            """,
            rows=self.env["crm.dunning.status"]._dunning_query(self.company_id, today, run=self),
            letters=self._letters_query(today),
            lines=self._lines_query(),
        )

    def _letters_query(self, today):
        """The highest level reached names the letter; the share held out waits until its day."""
        return SQL(
            """
            SELECT %(run)s, %(company)s, summed.partner_id, COALESCE(person.id, summed.partner_id), person.email,
                   channel = 'mail' AND person.id IS NULL, strategy_id, level_id, rank,
                   CASE WHEN channel = 'mail' AND person.id IS NULL THEN 'letter' ELSE channel END, %(today)s,
                   CASE WHEN held THEN 'held' ELSE 'draft' END,
                   CASE WHEN held THEN %(today)s::date + holdout_days END,
                   COALESCE(level_user_id, %(user)s), amount, fee, interest, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM (
                SELECT picked.*, %(hash)s < picked.holdout_share * 100 AND NOT picked.was_held AS held
                  FROM (%(picked)s) picked
              ) AS summed
         LEFT JOIN LATERAL (
                SELECT contact.id, contact.email_normalized AS email FROM res_partner contact
                 WHERE contact.commercial_partner_id = summed.partner_id AND contact.active
                   AND contact.email_normalized IS NOT NULL
                 ORDER BY contact.type = 'invoice' DESC, contact.id = summed.partner_id DESC, contact.id LIMIT 1
              ) person ON TRUE
             ORDER BY summed.partner_id
            """,
            run=self.id,
            company=self.company_id.id,
            today=today,
            user=self.user_id.id,
            uid=self.env.uid,
            now=self.env.cr.now(),
            hash=self._hold_hash(SQL("picked.partner_id"), SQL("picked.rank")),
            picked=self._picked_query(),
        )

    @api.model
    def _hold_hash(self, partner, rank):
        """The number that decides who is held out: `tools/dunning.py:held_out` in SQL."""
        return SQL("(('x' || LEFT(MD5(%s || '-' || %s), 8))::bit(32)::bigint %% 10000)", partner, rank)

    def _picked_query(self):
        """One row a customer: its sums, and the line whose level is the highest."""
        return SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, strategy_id, level_id, next_rank AS rank, channel,
                   COALESCE(fee, 0) AS fee,
                   level_user_id, COALESCE(holdout_share, 0) AS holdout_share, holdout_days,
                   SUM(claim) OVER customer AS amount, SUM(%(interest)s) OVER customer AS interest,
                   EXISTS (
                       SELECT FROM crm_dunning_letter_line line
                         JOIN crm_dunning_letter letter ON letter.id = line.letter_id AND letter.held_until IS NOT NULL
                        WHERE line.move_line_id = ready.id AND line.rank = ready.next_rank) AS was_held
              FROM ready
            WINDOW customer AS (PARTITION BY partner_id)
             ORDER BY partner_id, next_rank DESC NULLS LAST, due_date, id
            """,
            interest=self._interest(SQL("ready.level_id")),
        )

    def _lines_query(self):
        return SQL(
            """
            SELECT letter.id, ready.id, due_date, days_overdue, claim, claim_document, %(interest)s,
                   COALESCE(next_rank, last_rank), advances, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM ready JOIN letter ON letter.partner_id = ready.partner_id
             ORDER BY letter.id, due_date, ready.id
            """,
            interest=self._interest(SQL("ready.level_id")),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    def _interest(self, level):
        """Interest of a line that takes a level, less what was charged for it before; rounded a line."""
        return SQL(
            """COALESCE(GREATEST(ROUND(claim * (interest_rate::numeric) * days_overdue / 36500, %(digits)s) - COALESCE((
                SELECT SUM(charged.interest) FROM crm_dunning_letter_line charged
                  JOIN crm_dunning_letter before ON before.id = charged.letter_id
                  JOIN account_move invoice ON invoice.id = before.charge_move_id AND invoice.state <> 'cancel'
                 WHERE charged.move_line_id = ready.id AND %(level)s IS NOT NULL), 0), 0), 0)""",
            digits=self.currency_id.decimal_places,
            level=level,
        )

    # === JOB === #

    @api.model
    def _cron_run(self):
        """Every hour: take off stops, prepare once a day as each company wants, go on with what is to send."""
        self.env["crm.dunning.letter"]._process_resume()
        self._process_prepare()
        self._process_send(progress=self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_prepare(self, today=None):
        """One run a company and day; a preview of an earlier day that nobody sent gives way to today's."""
        for company in self.env["res.company"].search([("parent_id", "=", False), ("crm_dunning_mode", "!=", "off")]):
            day = today or company._crm_credit_today()
            runs = self.search([("company_id", "=", company.id), ("state", "!=", "cancelled")])
            if runs.filtered(lambda run, day=day: run.state == "sending" or run.date >= day):
                continue
            runs.filtered(lambda run: run.state in ("new", "draft")).action_cancel()
            user = company._crm_credit_releasers()[:1] or self.env.user
            run = self.create({"company_id": company.id, "by_cron": True, "date": day, "user_id": user.id})
            if not run._prepare(day):
                run.state = "done"
            elif company.crm_dunning_mode == "send":
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
                summary=self.env._("Look at the reminders and send them"),
            )
