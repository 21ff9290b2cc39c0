from odoo import api, fields, models
from odoo.tools import SQL

EVENT, CALL, PLANNED = range(3)
"""Low two bits of an id: appointment in the calendar (per attendee), planned call, visit not confirmed yet."""
DAYS_LONG = 31
"""Longest appointment, in days, that an overlap is looked for in."""


class CrmAppointment(models.Model):
    """Meetings, visits and calls of everybody in one calendar; who is in two places at once is flagged.

    One row per appointment in Odoo's calendar and person who attends, per planned call without appointment (a day
    without hour), and per visit that is planned but not confirmed. Of a private appointment others see only the time.
    """

    _name = "crm.appointment"
    _inherit = ["crm.fact"]
    _description = "Appointment"
    _auto = False
    _order = "start, id"

    name = fields.Char(string="Subject", readonly=True)
    kind = fields.Selection(
        lambda self: self.env["calendar.event"]._fields["crm_kind"]._description_selection(self.env), readonly=True
    )
    start = fields.Datetime(readonly=True)
    stop = fields.Datetime(string="End", readonly=True)
    allday = fields.Boolean(string="Whole day", readonly=True)
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    location = fields.Char(readonly=True)
    is_planned = fields.Boolean(string="Not confirmed", readonly=True)
    overlap = fields.Boolean(string="Overlaps", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    _depends = {
        "calendar.attendee": ["event_id", "partner_id", "state"],
        "calendar.event": [
            "active", "allday", "crm_kind", "location", "name", "opportunity_id", "privacy", "show_as", "start",
            "stop", "user_id",
        ],
        "crm.lead": ["company_id", "partner_id"],
        "crm.visit": ["company_id", "event_id", "partner_id", "start", "state", "stop", "user_id"],
        "mail.activity": [
            "active", "activity_type_id", "calendar_event_id", "date_deadline", "res_id", "res_model", "summary",
            "user_id",
        ],
        "res.partner": ["commercial_partner_id", "name"],
        "res.users": ["partner_id"],
        "sale.order": ["company_id", "partner_id"],
    }  # fmt: skip

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join([self._events(), self._planned_visits(), *self._calls()])

    @api.model
    def _busy(self, partner: SQL, start: SQL, stop: SQL, but: SQL) -> SQL:
        """Whether a person has another busy appointment between two moments."""
        return SQL(
            """
            EXISTS (
                SELECT 1 FROM calendar_event other JOIN calendar_attendee also ON also.event_id = other.id
                WHERE also.partner_id = %(partner)s AND also.state <> 'declined' AND other.active
                    AND other.show_as = 'busy' AND NOT COALESCE(other.allday, FALSE)
                    AND other.id IS DISTINCT FROM %(but)s
                    AND other.start < %(stop)s AND other.stop > %(start)s
                    AND other.start > %(start)s - %(days)s * INTERVAL '1 day'
            )
            """,
            partner=partner,
            start=start,
            stop=stop,
            but=but,
            days=DAYS_LONG,
        )

    @api.model
    def _events(self) -> SQL:
        hidden = SQL(
            """COALESCE(event.privacy, settings.calendar_default_privacy, 'public') = 'private'
               AND %s NOT IN (member.id, COALESCE(event.user_id, 0))""",
            self.env.uid,
        )
        return SQL(
            """
            SELECT attendee.id * 4::bigint + %(code)s AS id,
                CASE WHEN %(hidden)s THEN %(busy)s ELSE event.name END AS name,
                event.crm_kind AS kind, event.start, event.stop, COALESCE(event.allday, FALSE) AS allday,
                member.id AS user_id,
                CASE WHEN NOT (%(hidden)s) THEN COALESCE(visit.partner_id, person.commercial_partner_id) END
                    AS partner_id,
                COALESCE(visit.company_id, lead.company_id) AS company_id,
                CASE WHEN NOT (%(hidden)s) THEN event.location END AS location,
                FALSE AS is_planned,
                (event.show_as = 'busy' AND NOT COALESCE(event.allday, FALSE) AND %(overlap)s) AS overlap,
                CASE WHEN visit.id IS NULL THEN 'calendar.event' ELSE 'crm.visit' END AS res_model,
                COALESCE(visit.id, event.id) AS res_id
            FROM calendar_event event
            JOIN calendar_attendee attendee ON attendee.event_id = event.id
            JOIN res_users member ON member.partner_id = attendee.partner_id AND NOT member.share
            LEFT JOIN res_users_settings settings ON settings.user_id = event.user_id
            LEFT JOIN crm_visit visit ON visit.event_id = event.id
            LEFT JOIN crm_lead lead ON lead.id = event.opportunity_id
            LEFT JOIN res_partner person ON person.id = lead.partner_id
            WHERE event.active AND attendee.state <> 'declined'
            """,
            code=EVENT,
            hidden=hidden,
            busy=self.env._("Busy"),
            overlap=self._busy(SQL("attendee.partner_id"), SQL("event.start"), SQL("event.stop"), SQL("event.id")),
        )

    @api.model
    def _planned_visits(self) -> SQL:
        return SQL(
            """
            SELECT visit.id * 4::bigint + %(code)s, partner.name, 'visit', visit.start, visit.stop, FALSE,
                visit.user_id, visit.partner_id, visit.company_id, partner.city, TRUE, %(overlap)s, 'crm.visit',
                visit.id
            FROM crm_visit visit
            JOIN res_partner partner ON partner.id = visit.partner_id
            JOIN res_users member ON member.id = visit.user_id
            WHERE visit.state = 'draft'
            """,
            code=PLANNED,
            overlap=self._busy(SQL("member.partner_id"), SQL("visit.start"), SQL("visit.stop"), SQL("NULL::int")),
        )

    @api.model
    def _calls(self):
        """Planned calls without an hour stand over the whole day, as Odoo's own appointments of a whole day."""
        sources = {
            "res.partner": (SQL("res_partner record"), SQL("record.id"), SQL("NULL::int")),
            "crm.lead": (SQL("crm_lead record"), SQL("record.partner_id"), SQL("record.company_id")),
            "sale.order": (SQL("sale_order record"), SQL("record.partner_id"), SQL("record.company_id")),
        }
        return [
            SQL(
                """
                SELECT activity.id * 4::bigint + %(code)s,
                    COALESCE(NULLIF(activity.summary, ''), type.name ->> %(lang)s, type.name ->> 'en_US')
                        || COALESCE(': ' || person.name, ''),
                    'call', activity.date_deadline + INTERVAL '8 hours', activity.date_deadline + INTERVAL '18 hours',
                    TRUE, activity.user_id, person.commercial_partner_id, %(company)s, NULL::varchar, FALSE, FALSE,
                    activity.res_model, activity.res_id
                FROM mail_activity activity
                JOIN mail_activity_type type ON type.id = activity.activity_type_id AND type.category = 'phonecall'
                JOIN %(table)s ON record.id = activity.res_id
                LEFT JOIN res_partner person ON person.id = %(partner)s
                WHERE activity.res_model = %(model)s AND activity.active AND activity.calendar_event_id IS NULL
                """,
                code=CALL,
                lang=self.env.lang or "en_US",
                table=table,
                partner=partner,
                company=company,
                model=model,
            )
            for model, (table, partner, company) in sources.items()
        ]

    def action_open(self):
        """Open what stands behind: the visit, the appointment, or the record that is to be called about."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return self._open_form(record)
