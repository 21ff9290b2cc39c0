from odoo import api, fields, models
from odoo.tools import SQL

TOUCHPOINTS = [
    ("order", "Order taken by staff"),
    ("portal", "Order in the portal or shop"),
    ("lead", "Lead or opportunity"),
    ("meeting", "Meeting"),
    ("email", "Email"),
    ("call", "Call"),
    ("visit", "Visit"),
    ("contact", "Other contact"),
    ("ticket", "Ticket"),
]


class CrmIdentification(models.Model):
    """Known against unknown customers: one row an order or contact, with the customer it is linked to, if any.

    Identified: linked to a customer by whom one can be reached or found again (phone, mail or tax number); the
    public visitor and a bare name are not. The share is the mean of `identified`, in percent. Addons add touchpoints
    by overriding `_touch_parts()`. Source: R058, goal "known customers" of the KLM model.
    """

    _name = "crm.identification"
    _description = "Identified Customers"
    _auto = False
    _order = "date desc, id desc"

    date = fields.Datetime(readonly=True)
    touchpoint = fields.Selection(TOUCHPOINTS, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection([("known", "Identified"), ("unknown", "Not identified")], readonly=True)
    share = fields.Float(
        string="Identified %", readonly=True, aggregator="avg", help="Percent of orders and contacts, 0 to 100."
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)

    _depends = {
        "sale.order": ["company_id", "date_order", "partner_id", "state", "user_id"],
        "crm.lead": ["active", "company_id", "partner_id", "user_id"],
        "calendar.event": ["start", "user_id"],
        "res.partner": ["commercial_partner_id", "email", "phone", "vat"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT touch.id, touch.date, touch.touchpoint, partner.commercial_partner_id AS partner_id,
                      touch.user_id, touch.company_id, touch.res_model, touch.res_id,
                      CASE WHEN %(known)s THEN 'known' ELSE 'unknown' END AS state,
                      CASE WHEN %(known)s THEN 100.0 ELSE 0.0 END AS share
                 FROM (%(touches)s) touch
                 LEFT JOIN res_partner partner ON partner.id = touch.partner_id
                 LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id""",
            touches=SQL(" UNION ALL ").join(self._touch_parts()),
            known=self._known_sql(),
        )

    @api.model
    def _known_sql(self):
        """Condition on `partner` and its commercial entity `customer`: can be reached or found again."""
        return SQL(
            """(partner.id IS NOT NULL AND COALESCE(NULLIF(partner.email, ''), NULLIF(partner.phone, ''),
                NULLIF(customer.email, ''), NULLIF(customer.phone, ''), NULLIF(customer.vat, '')) IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM res_users visitor
                                 WHERE visitor.partner_id = partner.id AND visitor.login = 'public'))"""
        )

    @api.model
    def _touch_part(self, code, rows):
        """Number the rows (res_id, date, touchpoint, partner_id, user_id, company_id, res_model) of one source."""
        return SQL(
            """SELECT source.res_id::bigint * 16 + %s AS id, source.date, source.touchpoint, source.partner_id,
                      source.user_id, source.company_id, source.res_model, source.res_id
                 FROM (%s) source""",
            code,
            rows,
        )

    @api.model
    def _touch_parts(self):
        """Queries of orders and contacts. Codes 0 to 7 are crm_custom's."""
        parts = [
            self._touch_part(
                0,
                SQL(
                    """SELECT so.id AS res_id, so.date_order AS date,
                              CASE WHEN maker.share THEN 'portal' ELSE 'order' END AS touchpoint, so.partner_id,
                              so.user_id, so.company_id, 'sale.order' AS res_model
                         FROM sale_order so JOIN res_users maker ON maker.id = so.create_uid
                        WHERE so.state IN ('draft', 'sent', 'sale')"""
                ),
            ),
            self._touch_part(
                1,
                SQL(
                    """SELECT lead.id AS res_id, lead.create_date AS date, 'lead' AS touchpoint, lead.partner_id,
                              lead.user_id, lead.company_id, 'crm.lead' AS res_model
                         FROM crm_lead lead WHERE lead.active OR lead.probability = 0"""
                ),
            ),
            self._touch_part(2, self._meeting_rows()),
            self._touch_part(3, self._incoming_mail_rows()),
        ]
        if "crm.contact.log" in self.env:
            parts.append(
                self._touch_part(
                    4,
                    SQL(
                        """SELECT log.id AS res_id, log.date,
                                  CASE WHEN log.channel IN ('call', 'email', 'visit', 'meeting') THEN log.channel
                                       ELSE 'contact' END AS touchpoint,
                                  COALESCE(log.contact_id, log.partner_id) AS partner_id, log.user_id, log.company_id,
                                  'crm.contact.log' AS res_model
                             FROM crm_contact_log log"""
                    ),
                )
            )
        return parts

    @api.model
    def _meeting_rows(self):
        """Meetings with a customer or about an opportunity; the first guest who is no colleague is the customer."""
        return SQL(
            """SELECT event.id AS res_id, event.start AS date, 'meeting' AS touchpoint,
                      COALESCE(guest.id, lead.partner_id) AS partner_id, event.user_id, lead.company_id,
                      'calendar.event' AS res_model
                 FROM calendar_event event
                 LEFT JOIN crm_lead lead ON lead.id = event.opportunity_id
                 LEFT JOIN LATERAL (SELECT party.id FROM calendar_event_res_partner_rel link
                                      JOIN res_partner party ON party.id = link.res_partner_id
                                     WHERE link.calendar_event_id = event.id AND party.partner_share
                                     ORDER BY party.id LIMIT 1) guest ON TRUE
                WHERE event.active AND (guest.id IS NOT NULL OR event.opportunity_id IS NOT NULL)
                  AND COALESCE(event.privacy, 'public') <> 'private'"""
        )

    @api.model
    def _incoming_mail_rows(self):
        """Mails from outside on leads, orders and customers: known where the sender was recognised."""
        return SQL(
            """SELECT message.id AS res_id, message.date, 'email' AS touchpoint, message.author_id AS partner_id,
                      NULL::int AS user_id, NULL::int AS company_id, 'mail.message' AS res_model
                 FROM mail_message message
                 LEFT JOIN res_partner author ON author.id = message.author_id
                WHERE message.message_type = 'email' AND message.model IN ('crm.lead', 'sale.order', 'res.partner')
                  AND (author.id IS NULL OR author.partner_share)"""
        )

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
