from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

ISSUES = [
    ("phone", "Invalid phone"),
    ("email", "Invalid email"),
    ("duplicate", "Duplicate"),
    ("idle", "No activity"),
]
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[a-z0-9-]{2,}$"


class CrmDataIssue(models.Model):
    """What is wrong with the customer records, one row a record and fault: the steward's list.

    Invalid phone: a number that no country's plan knows (Odoo has no E.164 form of it). Invalid email: Odoo has no
    normalised form of it, or it has no domain. Duplicate: in a pair, sure or likely, that nobody has settled.
    No activity: a customer older than the company's limit without order, invoice, opportunity, meeting, message,
    planned activity or contact within it. Why SQL: four anti-joins over all partners.
    """

    _name = "crm.data.issue"
    _description = "Customer Data Check"
    _auto = False
    _order = "issue, partner_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    issue = fields.Selection(ISSUES, string="Fault", readonly=True)
    detail = fields.Char(readonly=True)
    pair_id = fields.Many2one("crm.duplicate.pair", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    create_date = fields.Datetime(string="Customer since", readonly=True)

    _depends = {
        "res.partner": [
            *("active", "commercial_partner_id", "company_id", "email", "email_normalized", "name", "phone"),
            *("phone_sanitized", "user_id"),
        ],
        "crm.duplicate.pair": ["certainty", "partner_a_id", "partner_b_id", "state"],
        "sale.order": ["date_order", "partner_id"],
        "account.move": ["date", "partner_id"],
        "crm.lead": ["partner_id"],
        "mail.activity": ["active", "res_id", "res_model"],
    }

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._issue_parts())

    def _issue_parts(self):
        base = SQL(
            """FROM crm_partner_key key
               JOIN res_partner partner ON partner.id = key.partner_id AND partner.active"""
        )
        return [
            SQL(
                """SELECT %s, 'phone' AS issue, partner.phone AS detail, NULL::int AS pair_id %s
                    WHERE partner.phone <> '' AND partner.phone_sanitized IS NULL""",
                self._columns(0),
                base,
            ),
            SQL(
                """SELECT %s, 'email', partner.email, NULL %s
                    WHERE partner.email <> '' AND (partner.email_normalized IS NULL
                          OR partner.email_normalized !~ %s)""",
                self._columns(1),
                base,
                EMAIL_PATTERN,
            ),
            SQL(
                """SELECT %s, 'duplicate', other.name, best.id %s
                     JOIN (SELECT DISTINCT ON (side.partner_id) side.partner_id, side.other_id, pair.id
                             FROM crm_duplicate_pair pair
                            CROSS JOIN LATERAL (VALUES (pair.partner_a_id, pair.partner_b_id),
                                                       (pair.partner_b_id, pair.partner_a_id))
                                               AS side (partner_id, other_id)
                             JOIN res_partner mate ON mate.id = side.other_id AND mate.active
                            WHERE pair.state = 'open' AND pair.certainty IN ('sure', 'likely')
                            ORDER BY side.partner_id, pair.score DESC) best ON best.partner_id = partner.id
                     JOIN res_partner other ON other.id = best.other_id""",
                self._columns(2),
                base,
            ),
            SQL(
                """SELECT %(columns)s, 'idle', NULL, NULL %(base)s
                     LEFT JOIN (SELECT DISTINCT party.commercial_partner_id AS id FROM (%(recent)s) recent
                                  JOIN res_partner party ON party.id = recent.partner_id) busy ON busy.id = partner.id
                    WHERE busy.id IS NULL AND partner.id = partner.commercial_partner_id
                      AND partner.create_date < %(cutoff)s""",
                columns=self._columns(3),
                base=base,
                recent=SQL(" UNION ALL ").join(self._recent_parts(self._cutoff())),
                cutoff=self._cutoff(),
            ),
        ]

    def _columns(self, code):
        return SQL(
            """partner.id * 4 + %s AS id, partner.id AS partner_id, partner.user_id, partner.company_id,
               partner.create_date""",
            code,
        )

    @api.model
    def _cutoff(self):
        """Day (UTC) before which a customer's last activity is too old."""
        today = fields.Date.to_date(self.env.context.get("today")) or fields.Date.context_today(self)
        return today - relativedelta(months=self.env.company.crm_idle_months)

    @api.model
    def _recent_parts(self, cutoff):
        """Queries of the partner ids that did something since `cutoff`; addons add theirs."""
        parts = [
            SQL("SELECT partner_id FROM sale_order WHERE date_order >= %s", cutoff),
            SQL("SELECT partner_id FROM account_move WHERE date >= %s", cutoff),
            SQL("SELECT partner_id FROM crm_lead WHERE partner_id IS NOT NULL AND create_date >= %s", cutoff),
            SQL(
                """SELECT link.res_partner_id FROM calendar_event_res_partner_rel link
                     JOIN calendar_event event ON event.id = link.calendar_event_id WHERE event.start >= %s""",
                cutoff,
            ),
            SQL("SELECT res_id FROM mail_activity WHERE res_model = 'res.partner' AND active"),
            SQL(
                """SELECT res_id FROM mail_message WHERE model = 'res.partner' AND date >= %s
                      AND message_type IN ('comment', 'email')""",
                cutoff,
            ),
        ]
        if "crm.contact.log" in self.env:
            parts.append(SQL("SELECT partner_id FROM crm_contact_log WHERE date >= %s", cutoff))
        return parts

    # === ACTIONS === #

    def action_archive_partners(self):
        """Archive the selected records, each in the log with its fault."""
        partners = self.partner_id
        if not partners:
            raise UserError(self.env._("Select the records to archive."))
        labels = dict(self._fields["issue"]._description_selection(self.env))
        logs = self.env["crm.merge.log"]
        for issue in set(self.mapped("issue")):
            chosen = self.filtered(lambda row, issue=issue: row.issue == issue).partner_id & partners
            logs |= logs._archive(chosen, labels[issue])
            partners -= chosen
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Archived"),
            "res_model": "crm.merge.log",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", logs.ids)],
        }

    def action_merge(self):
        self.ensure_one()
        if not self.pair_id:
            raise UserError(self.env._("This record has no duplicate."))
        return self.pair_id.action_merge()

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
