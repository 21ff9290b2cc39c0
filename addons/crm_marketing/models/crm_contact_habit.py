from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_contact_preference import WEEKDAYS
from odoo.tools import SQL

MONTHS = 24
ANSWER_DAYS = 7
LEAST_CONTACTS = 3
LEAST_ANSWERS = 3
# How many contacts with the company's average answer rate each channel starts with.
PRIOR = 4
CHANNELS = {"mail": "email", "sms": "sms", "call": "call", "visit": "visit"}
CHANNEL_NAMES = [("email", "E-mail"), ("sms", "SMS"), ("call", "Call"), ("visit", "Visit")]
ANSWERS = ("click", "reply", "event", "form", "lead", "order")


class CrmContactHabit(models.Model):
    """The best way to a customer, and when: from the touches of the last 24 months, replaced by each nightly run.

    A contact is answered when the customer clicks, replies, comes, writes, asks or orders within 7 days of it and it
    was the last contact before. The rate of a channel counts 4 contacts of the company's average beside the
    customer's own, so that one lucky call proves nothing. Channels that the customer refuses are never recommended.
    Weekday and time of day are those of the answers, in the company's time zone; the product is the one that was
    learned from most of the orders.
    """

    _name = "crm.contact.habit"
    _description = "Contact Habit"
    _order = "answers desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    channel = fields.Selection(
        [*CHANNEL_NAMES, ("no_data", "Not enough data")], string="Best Channel", required=True, readonly=True
    )
    rate = fields.Float(string="Answers %", digits=(5, 1), readonly=True, aggregator="avg", help="Of that channel.")
    contacts = fields.Integer(readonly=True)
    answers = fields.Integer(readonly=True)
    channels = fields.Json(readonly=True, help="Contacts and answers by channel.")
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    daypart = fields.Selection([("am", "Morning"), ("pm", "Afternoon")], string="Time of Day", readonly=True)
    product_id = fields.Many2one("product.product", string="Usual Product", readonly=True, ondelete="set null")
    evidence = fields.Char(string="Why", compute="_compute_evidence")

    _partner_unique = models.UniqueIndex("(partner_id, company_id)", "A customer has its habits once in a company.")

    @api.depends("channels", "channel", "contacts")
    @api.depends_context("lang")
    def _compute_evidence(self):
        names = dict(self._fields["channel"]._description_selection(self.env))
        for habit in self:
            if habit.channel == "no_data":
                habit.evidence = self.env._(
                    "Not enough data: %(count)s contacts by channels that are allowed, at least %(least)s are needed.",
                    count=habit.contacts,
                    least=LEAST_CONTACTS,
                )
                continue
            habit.evidence = "; ".join(
                self.env._(
                    "%(channel)s: %(answers)s of %(contacts)s answered",
                    channel=names.get(channel, channel),
                    answers=answers,
                    contacts=contacts,
                )
                for channel, (contacts, answers) in sorted(
                    (habit.channels or {}).items(), key=lambda item: (item[0] != habit.channel, -item[1][1])
                )
            )

    # === LEARNING === #

    @api.model
    def _cron_learn(self):
        """Each company in a transaction of its own."""
        companies = self.env["res.company"].search([])
        for company in self.env["crm.cron.turn"]._each("crm.contact.habit", companies):
            self._learn(company, fields.Datetime.now())

    @api.model
    def _learn(self, company, now):
        """Replace the habits of the company's customers as of now (UTC); returns how many."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_contact_habit WHERE company_id = %s", company.id))
        self.env.cr.execute(self._habits_sql(company, now))
        number = self.env.cr.rowcount
        self.invalidate_model()
        return number

    @api.model
    def _habits_sql(self, company, now):
        return SQL(
            """WITH counted AS (%(counted)s),
                        average AS (SELECT channel, SUM(answers)::numeric / SUM(contacts) AS rate
                                      FROM counted GROUP BY channel),
                        ranked AS (
                            SELECT counted.*, (counted.answers + %(prior)s * average.rate)
                                   / (counted.contacts + %(prior)s) AS rate
                              FROM counted JOIN average USING (channel)
                             WHERE NOT EXISTS (SELECT 1 FROM (%(refused)s) refused
                                    WHERE refused.partner_id = counted.partner_id
                                      AND refused.channel = counted.channel)),
                        summed AS (SELECT partner_id, SUM(contacts) AS contacts, SUM(answers) AS answers,
                                          jsonb_object_agg(channel, jsonb_build_array(contacts, answers)) AS channels
                                     FROM ranked GROUP BY partner_id),
                        best AS (SELECT DISTINCT ON (partner_id) partner_id, channel, rate FROM ranked
                                  ORDER BY partner_id, rate DESC, answers DESC, channel),
                        days AS (%(days)s), parts AS (%(parts)s), products AS (%(products)s)
                   INSERT INTO crm_contact_habit (company_id, partner_id, channel, rate, contacts, answers, channels,
                          weekday, daypart, product_id, create_uid, create_date, write_uid, write_date)
                   SELECT %(company)s, customer.partner_id,
                          CASE WHEN summed.contacts >= %(least)s THEN best.channel ELSE 'no_data' END,
                          CASE WHEN summed.contacts >= %(least)s THEN ROUND(100 * best.rate, 1) END,
                          COALESCE(summed.contacts, 0), COALESCE(summed.answers, 0), summed.channels,
                          days.value, parts.value, products.product_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (SELECT partner_id FROM counted UNION SELECT partner_id FROM days
                           UNION SELECT partner_id FROM products) customer
                     LEFT JOIN summed USING (partner_id) LEFT JOIN best USING (partner_id)
                     LEFT JOIN days USING (partner_id) LEFT JOIN parts USING (partner_id)
                     LEFT JOIN products USING (partner_id)""",
            counted=self._counted_sql(company, now),
            refused=self._refused_sql(company),
            days=self._moment_sql(company, now, SQL("to_char(local, 'ID')")),
            parts=self._moment_sql(
                company, now, SQL("CASE WHEN EXTRACT(HOUR FROM local) < 12 THEN 'am' ELSE 'pm' END")
            ),
            products=self._product_sql(company),
            prior=PRIOR,
            least=LEAST_CONTACTS,
            company=company.id,
            uid=self.env.uid,
            now=now,
        )

    @api.model
    def _touch_where(self, alias, company, now, kinds):
        return SQL(
            """%(t)s.valid AND %(t)s.partner_id IS NOT NULL AND %(t)s.kind IN %(kinds)s AND %(t)s.date >= %(since)s
               AND %(t)s.date <= %(now)s AND (%(t)s.company_id IS NULL OR %(t)s.company_id = %(company)s)""",
            t=SQL.identifier(alias),
            kinds=tuple(kinds),
            since=now - relativedelta(months=MONTHS),
            now=now,
            company=company.id,
        )

    @api.model
    def _counted_sql(self, company, now):
        """Query of (partner_id, channel, contacts, answers)."""
        names = SQL(" ").join(SQL("WHEN %s THEN %s", kind, channel) for kind, channel in CHANNELS.items())
        return SQL(
            """SELECT sent.partner_id, CASE sent.kind %(names)s END::varchar AS channel, COUNT(*) AS contacts,
                      COUNT(answered.id) AS answers
                 FROM crm_touch sent
                 LEFT JOIN (SELECT DISTINCT last.id FROM crm_touch answer
                              CROSS JOIN LATERAL (
                                    SELECT before.id FROM crm_touch before
                                     WHERE before.partner_id = answer.partner_id AND before.valid
                                       AND before.kind IN %(kinds)s AND before.date <= answer.date
                                       AND before.date > answer.date - %(days)s
                                     ORDER BY before.date DESC, before.id DESC LIMIT 1) last
                             WHERE %(answer)s) answered ON answered.id = sent.id
                WHERE %(sent)s GROUP BY 1, 2""",
            names=names,
            kinds=tuple(CHANNELS),
            days=timedelta(days=ANSWER_DAYS),
            answer=self._touch_where("answer", company, now, ANSWERS),
            sent=self._touch_where("sent", company, now, CHANNELS),
        )

    @api.model
    def _refused_sql(self, company):
        """Query of (partner_id, channel) that may not be used for offers and news."""
        ledger = self.env["crm.consent"].sudo().with_context(crm_no_cap=True)
        parts = [
            SQL(
                "SELECT partner_id, %s::varchar AS channel FROM (%s) excluded",
                channel,
                ledger._excluded_query(channel, "marketing", company),
            )
            for channel in ("email", "sms", "call")
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _moment_sql(self, company, now, value):
        """Query of (partner_id, value): when most of the answers came; nothing under three answers."""
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, value FROM (
                   SELECT partner_id, value, COUNT(*) AS number, SUM(COUNT(*)) OVER (PARTITION BY partner_id) AS total
                     FROM (SELECT partner_id, %(value)s AS value
                             FROM (SELECT answer.partner_id,
                                          answer.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s AS local
                                     FROM crm_touch answer WHERE %(answer)s) moment) valued
                    GROUP BY partner_id, value) counted
                WHERE total >= %(least)s ORDER BY partner_id, number DESC, value""",
            value=value,
            zone=company.partner_id.tz or "UTC",
            answer=self._touch_where("answer", company, now, ANSWERS),
            least=LEAST_ANSWERS,
        )

    @api.model
    def _product_sql(self, company):
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, product_id FROM crm_contact_preference
                WHERE kind = 'product' AND product_id IS NOT NULL AND (company_id = %s OR company_id IS NULL)
                ORDER BY partner_id, is_learned, share DESC NULLS LAST, id""",
            company.id,
        )

    # === DRILL-DOWN === #

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_open_touches(self):
        """The contacts and answers behind the recommendation."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts with %(customer)s", customer=self.partner_id.display_name),
            "res_model": "crm.touch",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("valid", "=", True),
                ("kind", "in", [*CHANNELS, *ANSWERS]),
            ],
        }
