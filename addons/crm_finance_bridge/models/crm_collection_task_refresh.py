import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import worklist
from .crm_collection_task import AGES, FACTS

BUCKETS = ("1_30", "31_60", "61_90", "91_180", "over_180")
BATCH = 2000
COLUMNS = {
    **dict.fromkeys((*AGES, "overdue", "unapplied", "promised", "disputed", "kept"), "numeric"),
    **dict.fromkeys(("items", "days_overdue", "judged", "no_answer"), "int4"),
    **dict.fromkeys(("last_contact", "last_broken"), "date"),
}


class CrmCollectionTask(models.Model):
    """The facts of the worklist, set-based: a few queries a company, whatever the number of customers."""

    _inherit = "crm.collection.task"

    @api.model
    def _refresh(self, company, partners=None, today=None):
        """Bring the worklist of a company up to date, of some customers or of all. Returns how many have overdue money.

        `today`: the day judged, by default the company's. Run twice it changes nothing.
        """
        today = today or company._crm_credit_today()
        self.env.flush_all()
        tasks = self.sudo()
        found = tasks._write_facts(company, partners, today)
        tasks._write_gains(company, partners, today)
        if partners is None:
            tasks._assign(company)
            tasks._plan(company, today)
        else:
            tasks._unplan(company, partners)
        self.invalidate_model()
        return found

    @api.model
    def _lock_customers(self, pairs):
        """Write one row per (customer id, company id): of two users at once the second sees what the first did.

        A lock for reading would not do: the second user's snapshot is older than what the first one commits.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_collection_task (partner_id, company_id, state, create_date, write_date)
                SELECT partner_id, company_id, 'done', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%s::jsonb) AS pair(partner_id int, company_id int)
                 ORDER BY partner_id, company_id
                ON CONFLICT (partner_id, company_id) DO UPDATE SET write_date = EXCLUDED.write_date
                """,
                json.dumps([{"partner_id": partner, "company_id": company} for partner, company in pairs]),
            )
        )

    @api.model
    def _open_query(self, company, partners, today) -> SQL:
        """Per customer: what is overdue, of it free by age, promised, disputed; and what is not matched yet.

        Lines that Odoo says are not followed up are overdue but never asked for. Not matched is also the money that
        keeps a reminder back: on a bank line or under way (`crm.dunning.query`).
        """
        Item = self.env["crm.open.item"].with_context(as_of=today).sudo()
        free = SQL(
            "CASE WHEN line.no_followup THEN 0 ELSE "
            "GREATEST(0, item.residual - COALESCE(promise.amount, 0) - COALESCE(dispute.amount, 0)) END"
        )
        late = SQL("item.residual > 0 AND item.days_overdue > 0")
        ages = [
            SQL(
                "COALESCE(SUM(%s) FILTER (WHERE %s AND item.bucket = %s), 0) AS %s",
                free,
                late,
                bucket,
                SQL.identifier(age),
            )
            for age, bucket in zip(AGES, BUCKETS, strict=True)
        ]
        return SQL(
            """
            SELECT item.partner_id, %(ages)s,
                   COALESCE(SUM(item.residual) FILTER (WHERE %(late)s), 0) AS overdue,
                   COALESCE(-SUM(item.residual) FILTER (WHERE item.residual < 0), 0)
                       + COALESCE(MAX(cash.amount), 0) AS unapplied,
                   COALESCE(SUM(LEAST(COALESCE(promise.amount, 0), item.residual)) FILTER (WHERE %(late)s), 0)
                       AS promised,
                   COALESCE(SUM(LEAST(COALESCE(dispute.amount, 0), item.residual)) FILTER (WHERE %(late)s), 0)
                       AS disputed,
                   COUNT(*) FILTER (WHERE %(late)s) AS items,
                   COALESCE(MAX(item.days_overdue) FILTER (WHERE %(late)s), 0) AS days_overdue
              FROM (%(items)s) item
              JOIN account_move_line line ON line.id = item.id
         LEFT JOIN (%(promised)s) promise ON promise.line_id = item.id
         LEFT JOIN (%(disputed)s) dispute ON dispute.line_id = item.id
         LEFT JOIN (SELECT partner_id, SUM(amount) AS amount FROM (%(cash)s) receipt GROUP BY partner_id) cash
                   ON cash.partner_id = item.partner_id
             WHERE item.company_id = %(company)s AND item.partner_id IS NOT NULL AND %(some)s
          GROUP BY item.partner_id
            HAVING COUNT(*) FILTER (WHERE %(late)s) > 0
            """,
            ages=SQL(", ").join(ages),
            late=late,
            items=Item._table_query,
            promised=self.env["crm.payment.promise"]._promised_query(company.ids, today),
            disputed=self.env["crm.dispute"]._disputed_query(company.ids, today),
            company=company.id,
            cash=self.env["crm.dunning.query"]._dunning_cash(
                company.ids,
                SQL("AND customer.commercial_partner_id = ANY(%s)", partners.ids) if partners is not None else SQL(),
            ),
            some=SQL("item.partner_id = ANY(%s)", partners.ids) if partners is not None else SQL("TRUE"),
        )

    @api.model
    def _history_query(self, company, today) -> SQL:
        """Per customer: promises kept and judged, the last broken one, the last contact, calls without answer since.

        Moments of calls are UTC; their days are those of the company.
        """
        return SQL(
            """
            SELECT COALESCE(promise.partner_id, call.partner_id) AS partner_id, COALESCE(promise.kept, 0) AS kept,
                   COALESCE(promise.judged, 0) AS judged, promise.last_broken, call.last_contact,
                   COALESCE(call.no_answer, 0) AS no_answer
              FROM (
                SELECT partner_id, COUNT(*) AS judged, MAX(date_closed) FILTER (WHERE state = 'broken') AS last_broken,
                       SUM(CASE state WHEN 'kept' THEN 1.0 WHEN 'part' THEN 0.5 ELSE 0 END) AS kept
                  FROM crm_payment_promise
                 WHERE company_id = %(company)s AND state IN ('kept', 'part', 'broken') AND date_closed <= %(today)s
              GROUP BY partner_id
              ) promise
              FULL JOIN (
                SELECT call.partner_id,
                       (MAX(call.date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS last_contact,
                       COUNT(*) FILTER (WHERE call.date > COALESCE(answered.date, '-infinity')) AS no_answer
                  FROM crm_collection_call call
             LEFT JOIN (
                    SELECT partner_id, MAX(date) AS date FROM crm_collection_call
                     WHERE company_id = %(company)s AND result != 'no_answer' GROUP BY partner_id
                  ) answered ON answered.partner_id = call.partner_id
                 WHERE call.company_id = %(company)s AND call.date < %(tomorrow)s
              GROUP BY call.partner_id
              ) call ON call.partner_id = promise.partner_id
            """,
            company=company.id,
            today=today,
            tomorrow=company._crm_credit_day_start(fields.Date.add(today, days=1)),
            tz=company._crm_credit_tz(),
        )

    @api.model
    def _write_facts(self, company, partners, today):
        """Insert and update the customers with overdue money; the others have nothing to collect."""
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        values = SQL(", ").join(
            SQL("%s.%s", SQL.identifier("open" if self._is_open(name) else "history"), SQL.identifier(name))
            if self._is_open(name)
            else SQL("COALESCE(history.%s, 0)", SQL.identifier(name))
            if COLUMNS[name] != "date"
            else SQL("history.%s", SQL.identifier(name))
            for name in COLUMNS
        )
        updates = SQL(", ").join(SQL("%s = EXCLUDED.%s", *[SQL.identifier(name)] * 2) for name in COLUMNS)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_collection_task AS task
                    (partner_id, company_id, state, date_refreshed, create_uid, create_date, write_uid, write_date,
                     %(names)s)
                SELECT open.partner_id, %(company)s, 'todo', %(today)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC', %(values)s
                  FROM (%(open)s) open
             LEFT JOIN (%(history)s) history ON history.partner_id = open.partner_id
                ON CONFLICT (partner_id, company_id) DO UPDATE SET
                    date_refreshed = EXCLUDED.date_refreshed, %(updates)s,
                    state = CASE WHEN task.defer_until > EXCLUDED.date_refreshed THEN 'deferred' ELSE 'todo' END
                RETURNING task.id
                """,
                names=names,
                values=values,
                updates=updates,
                company=company.id,
                today=today,
                uid=self.env.uid,
                open=self._open_query(company, partners, today),
                history=self._history_query(company, today),
            )
        )
        zeros = SQL(", ").join(SQL("%s = 0", SQL.identifier(name)) for name in COLUMNS if self._is_open(name))
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_collection_task
                   SET state = 'done', is_today = FALSE, is_pinned = FALSE, gain = 0,
                       date_refreshed = %(today)s, %(zeros)s
                 WHERE company_id = %(company)s AND %(some)s AND NOT id = ANY(%(found)s)
                   AND (state != 'done' OR gain != 0)
                """,
                today=today,
                zeros=zeros,
                company=company.id,
                found=[row[0] for row in rows],
                some=SQL("partner_id = ANY(%s)", partners.ids) if partners is not None else SQL("TRUE"),
            )
        )
        self.invalidate_model()
        return len(rows)

    @api.model
    def _is_open(self, name):
        """Whether a column comes from what is open, not from promises and calls."""
        return name in AGES or name in ("overdue", "unapplied", "promised", "disputed", "items", "days_overdue")

    @api.model
    def _write_gains(self, company, partners, today):
        """What a call is worth follows the rule of tools/worklist.py; written in one statement a batch."""
        domain = [("company_id", "=", company.id), ("state", "!=", "done")]
        if partners is not None:
            domain.append(("partner_id", "in", partners.ids))
        tasks = self.search_fetch(domain, ["gain", "date_refreshed", *FACTS], order="id")
        changes = []
        for task in tasks:
            worth = company.currency_id.round(task._worth())
            if worth != task.gain:
                changes.append({"id": task.id, "gain": worth})
        for start in range(0, len(changes), BATCH):
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_collection_task task SET gain = found.gain "
                    "FROM jsonb_to_recordset(%s::jsonb) AS found(id int, gain numeric) WHERE task.id = found.id",
                    json.dumps(changes[start : start + BATCH]),
                )
            )
        tasks.invalidate_recordset(["gain"], flush=False)

    @api.model
    def _assign(self, company):
        """Give customers without collector to the company's collectors; without any they stay common to all."""
        collectors = self.env["crm.collector"].sudo().search([("company_id", "=", company.id)])
        free = [("company_id", "=", company.id), ("state", "!=", "done")]
        tasks = self.search_fetch([*free, ("user_id", "=", False)], ["gain"])
        if not collectors or not tasks:
            return
        load = dict(self._read_group([*free, ("user_id", "!=", False)], ["user_id"], ["gain:sum"]))
        chosen = worklist.assign(
            [(task.id, task.gain) for task in tasks],
            {item.user_id.id: item.capacity for item in collectors},
            {user.id: amount for user, amount in load.items()},
        )
        by_user = defaultdict(list)
        for task_id, user_id in chosen.items():
            by_user[user_id].append(task_id)
        for user_id, task_ids in by_user.items():
            self.browse(task_ids).write({"user_id": user_id})

    @api.model
    def _plan(self, company, today):
        """Mark what each collector can still do today."""
        collectors = self.env["crm.collector"].sudo().search([("company_id", "=", company.id)])
        capacity = {item.user_id.id: item.capacity for item in collectors}
        done = dict(
            self.env["crm.collection.call"]
            .sudo()
            ._read_group(
                [("company_id", "=", company.id), ("date", ">=", company._crm_credit_day_start(today))],
                ["user_id"],
                ["__count"],
            )
        )
        done = {user.id: count for user, count in done.items()}
        tasks = self.search_fetch(
            [("company_id", "=", company.id), ("state", "=", "todo")], ["user_id", "gain", "is_pinned", "is_today"]
        )
        planned = set()
        for user, own in tasks.grouped("user_id").items():
            most = capacity.get(user.id, company.crm_collector_capacity)
            # What nobody owns is done by anybody.
            used = done.get(user.id, 0) if user else sum(done.values())
            rows = [(task.id, task.gain, task.is_pinned) for task in own]
            planned |= set(worklist.plan(rows, max(0, most - used)))
        today_now = self.search([("company_id", "=", company.id), ("is_today", "=", True)])
        (today_now - self.browse(planned)).write({"is_today": False})
        (self.browse(planned) - today_now).write({"is_today": True})

    @api.model
    def _unplan(self, company, partners):
        """After a call: what is worth nothing any more leaves today's list; the list is not filled up meanwhile."""
        domain = [("company_id", "=", company.id), ("partner_id", "in", partners.ids), ("is_today", "=", True)]
        self.search([*domain, ("is_pinned", "=", False), ("gain", "=", 0)]).write({"is_today": False})

    @api.model
    def _cron_refresh(self):
        """One company at a time; safe to stop and to run twice."""
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.collection.task", companies):
            self._refresh(company)

    @api.model
    def action_refresh(self):
        """Recompute the list of the current companies now."""
        self.check_access("write")
        for company in self.env.companies:
            self._refresh(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
