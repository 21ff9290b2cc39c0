from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

KINDS = [("amount", "Passes the amount"), ("stage", "Changes stage"), ("idle", "Idle")]


class CrmLargeDealNotice(models.Model):
    """What the manager was told of large deals. Each event is told once: the row is the memory of it.

    Large: open opportunities whose expected revenue reaches the company's amount (0 = off). Told: the leader of the
    team, else the person of the settings. 'amount' by an activity when a deal becomes large (again), 'stage' by a
    notification for every stay that began while large, 'idle' by an activity once a spell without a word or a move.
    The cron finds what is new by SQL; create and write of a lead ask it at once for their own deals.
    """

    _name = "crm.large.deal.notice"
    _description = "Large-Deal Notice"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    kind = fields.Selection(KINDS, required=True)
    event_date = fields.Datetime("Event", required=True, help="Begin of the stay or of the spell that is told.")
    told_on = fields.Datetime("Told on", required=True)
    user_id = fields.Many2one("res.users", string="Told to", ondelete="set null")
    open = fields.Boolean("In force", default=True, help="Cleared when the deal is no longer large.")

    _once = models.UniqueIndex("(lead_id, kind, event_date) WHERE kind <> 'amount'")
    _once_large = models.UniqueIndex("(lead_id) WHERE kind = 'amount' AND open")

    @api.model
    def _cron_run(self):
        cron = self.env["ir.cron"]
        found = self._events(fields.Datetime.now())
        cron._commit_progress(remaining=len(found))
        for event in found:
            self._tell(event, fields.Datetime.now())
            if not cron._commit_progress(processed=1):
                break

    @api.model
    def _process(self, now, lead_ids=None):
        """Tell everything that is new, of these leads or of all; returns the notices."""
        notices = self.browse()
        for event in self._events(now, lead_ids):
            notices |= self._tell(event, now)
        return notices

    @api.model
    def _events(self, now, lead_ids=None):
        """Return [(lead id, company id, kind, event date)] not told yet. Forgets crossings of deals shrunk since."""
        self.env.flush_all()
        leads = SQL("lead.id IN %s", tuple(lead_ids)) if lead_ids else SQL("TRUE")
        self._forget_shrunk(leads)
        return self.env.execute_query(
            SQL(
                """
                WITH large AS (%(large)s
                ), known AS (
                    SELECT lead_id, MAX(event_date) FILTER (WHERE kind = 'amount' AND open) AS amount,
                           MAX(event_date) FILTER (WHERE kind = 'stage') AS stage,
                           MAX(event_date) FILTER (WHERE kind = 'idle') AS idle
                      FROM crm_large_deal_notice GROUP BY lead_id
                )
                SELECT large.id, company_id, event.kind, event.happened
                  FROM large LEFT JOIN known ON known.lead_id = large.id
                 CROSS JOIN LATERAL (VALUES
                       ('amount', %(now)s, known.amount IS NULL),
                       ('stage', large.entered, known.amount IS NOT NULL AND large.entered > known.amount
                                                AND (known.stage IS NULL OR large.entered > known.stage)),
                       ('idle', large.last, days > 0 AND large.last < %(now)s - days * INTERVAL '1 day'
                                            AND (known.idle IS NULL OR large.last > known.idle))
                       ) event (kind, happened, holds)
                 WHERE event.holds
                 ORDER BY large.id, event.kind
                """,
                large=self._sql_large(leads),
                now=now,
            )
        )

    @api.model
    def _forget_shrunk(self, leads):
        """A deal that is no longer large may be told as large again when it grows."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_large_deal_notice notice SET open = FALSE
                     FROM crm_lead lead JOIN res_company company ON TRUE
                    WHERE notice.lead_id = lead.id AND company.id = notice.company_id AND notice.open
                      AND notice.kind = 'amount' AND lead.expected_revenue < company.crm_large_deal_amount
                      AND %s""",
                leads,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _sql_large(self, leads):
        """Large open deals: since when in the stage, and when last something was said or done; to the second."""
        return SQL(
            """SELECT lead.id, company.id AS company_id, company.crm_large_deal_idle_days AS days,
                           DATE_TRUNC('second', stay.entered) AS entered,
                           DATE_TRUNC('second', GREATEST(stay.entered, lead.create_date,
                                    (SELECT MAX(m.date) FROM mail_message m
                                      WHERE m.model = 'crm.lead' AND m.res_id = lead.id
                                        AND m.message_type IN ('comment', 'email', 'email_outgoing')),
                                    (SELECT MAX(a.date_done)::timestamp FROM mail_activity a
                                      WHERE a.res_model = 'crm.lead' AND a.res_id = lead.id AND NOT a.active)
                           )) AS last
                      FROM crm_lead lead
                      JOIN res_company company ON company.id = COALESCE(lead.company_id, %(company)s)
                      JOIN crm_stage_history stay ON stay.lead_id = lead.id AND stay."left" IS NULL
                     WHERE lead.type = 'opportunity' AND lead.active AND lead.won_status = 'pending'
                       AND company.crm_large_deal_amount > 0
                       AND lead.expected_revenue >= company.crm_large_deal_amount AND %(leads)s""",
            company=self.env.company.id,
            leads=leads,
        )

    @api.model
    def _tell(self, event, now):
        """Tell one event to the manager and remember it."""
        lead_id, company_id, kind, happened = event
        lead = self.env["crm.lead"].sudo().browse(lead_id)
        company = self.env["res.company"].sudo().browse(company_id)
        user = lead.team_id.user_id or company.crm_large_deal_user_id
        if user:
            amount = format_amount(self.env, lead.expected_revenue, company.currency_id)
            text = self._text(lead, kind, amount, (now - happened) // timedelta(days=1))
            if kind == "stage":
                lead.message_notify(partner_ids=user.partner_id.ids, body=text, subject=text)
            else:
                lead.activity_schedule("mail.mail_activity_data_todo", user_id=user.id, summary=text)
        return self.sudo().create(
            {
                "lead_id": lead_id,
                "company_id": company_id,
                "kind": kind,
                "event_date": happened,
                "told_on": now,
                "user_id": user.id,
            }
        )

    @api.model
    def _text(self, lead, kind, amount, days):
        if kind == "amount":
            return self.env._("Large deal: %(deal)s, %(amount)s", deal=lead.name, amount=amount)
        if kind == "stage":
            return self.env._(
                "Large deal %(deal)s (%(amount)s) is now in “%(stage)s”",
                deal=lead.name,
                amount=amount,
                stage=lead.stage_id.name,
            )
        return self.env._(
            "Large deal %(deal)s (%(amount)s): nothing happened for %(days)s days",
            deal=lead.name,
            amount=amount,
            days=days,
        )
