from odoo import api, fields, models
from odoo.tools import SQL

MAIL_STATES = [
    ("valid", "Valid and allowed"),
    ("missing", "No valid address"),
    ("refused", "Blacklisted or refused"),
]


class CrmLoyaltyMember(models.Model):
    """Members of Odoo's loyalty programs: one row a card with a customer.

    `company_id` is the program's; empty: a program of all companies. Active: ordered, earned or used points within the
    days that the company's setting names, counted back from today. The address is judged as it is today.
    """

    _name = "crm.loyalty.member"
    _description = "Loyalty Member"
    _auto = False
    _order = "member_since desc, id desc"
    _rec_name = "partner_id"

    card_id = fields.Many2one("loyalty.card", readonly=True)
    program_id = fields.Many2one("loyalty.program", readonly=True)
    partner_id = fields.Many2one("res.partner", "Member", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    recruiter_id = fields.Many2one("res.users", "Recruited by", readonly=True)
    member_since = fields.Date(readonly=True)
    last_activity = fields.Date(readonly=True)
    is_active = fields.Boolean("Active", readonly=True)
    points = fields.Float(readonly=True)
    mail_state = fields.Selection(MAIL_STATES, "E-mail", readonly=True)
    with_mail = fields.Float("With E-mail (%)", readonly=True, aggregator="avg")
    active_share = fields.Float("Active (%)", readonly=True, aggregator="avg")

    _depends = {
        "loyalty.card": [
            "active", "company_id", "crm_member_since", "crm_recruiter_id", "partner_id", "points", "program_id",
        ],
        "loyalty.history": ["card_id"],
        "loyalty.program": ["program_type"],
        "mail.blacklist": ["active", "email"],
        "res.company": ["crm_loyalty_active_days"],
        "res.partner": ["commercial_partner_id", "email_normalized"],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT member.*, CASE WHEN member.mail_state = 'valid' THEN 100.0 ELSE 0.0 END AS with_mail,
                      CASE WHEN member.is_active THEN 100.0 ELSE 0.0 END AS active_share
                 FROM (SELECT card.id, card.id AS card_id, card.program_id, card.partner_id, card.company_id,
                              card.crm_recruiter_id AS recruiter_id, card.crm_member_since AS member_since,
                              card.points, activity.last AS last_activity,
                              COALESCE(activity.last > CURRENT_DATE - company.crm_loyalty_active_days, FALSE)
                                  AS is_active,
                              %(mail)s AS mail_state
                         FROM %(members)s
                         JOIN res_company company ON company.id = COALESCE(card.company_id, %(company)s)
                         LEFT JOIN (SELECT card_id, MAX(date)::date AS last FROM (%(activity)s) act GROUP BY card_id)
                              activity ON activity.card_id = card.id) member""",
            mail=self._mail_state(self.env.company),
            members=self._members_from(),
            company=self.env.company.id,
            activity=self._activity(None),
        )

    @api.model
    def _members_from(self):
        """FROM clause with `card` and its `partner`: memberships that stand."""
        return SQL(
            """loyalty_card card
               JOIN loyalty_program program ON program.id = card.program_id AND program.program_type = 'loyalty'
               JOIN res_partner partner ON partner.id = card.partner_id"""
        )

    @api.model
    def _activity(self, company):
        """Query of (card_id, date): points of the card, and confirmed orders of the member or its company."""
        of_company = SQL("AND so.company_id = %s", company.id) if company else SQL()
        return SQL(
            """SELECT card_id, create_date AS date FROM loyalty_history
                UNION ALL
               SELECT card.id, so.date_order FROM loyalty_card card
                 JOIN sale_order so ON so.partner_id = card.partner_id AND so.state = 'sale' %(company)s
                UNION ALL
               SELECT card.id, so.date_order FROM loyalty_card card
                 JOIN res_partner person ON person.commercial_partner_id = card.partner_id
                      AND person.id <> card.partner_id
                 JOIN sale_order so ON so.partner_id = person.id AND so.state = 'sale' %(company)s""",
            company=of_company,
        )

    @api.model
    def _mail_state(self, company):
        """SQL of one of MAIL_STATES for `partner`; the consent ledger, where it is, has its say."""
        partners = self.env["res.partner"]
        refused = SQL(
            "EXISTS (SELECT 1 FROM mail_blacklist black WHERE black.active AND black.email = partner.email_normalized)"
        )
        if hasattr(partners, "_crm_excluded_query"):
            excluded = partners._crm_excluded_query("email", "marketing", company)
            refused = SQL("(%s OR partner.id IN (SELECT partner_id FROM (%s) excluded))", refused, excluded)
        return SQL(
            """CASE WHEN partner.email_normalized IS NULL THEN 'missing' WHEN %s THEN 'refused' ELSE 'valid' END""",
            refused,
        )

    # === FOR THE SCORECARD === #

    @api.model
    def _count_query(self, company, stop, condition, value=None):
        """One row (NULL, members) of the memberships of a company that stood at `stop` and meet the condition."""
        return SQL(
            """SELECT NULL::int AS partner_id, %(value)s AS value FROM %(members)s
                WHERE card.active AND (card.company_id = %(company)s OR card.company_id IS NULL)
                  AND card.crm_member_since < %(stop)s AND %(condition)s""",
            value=value or SQL("COUNT(DISTINCT card.partner_id)"),
            members=self._members_from(),
            company=company.id,
            stop=stop,
            condition=condition,
        )

    def action_open_card(self):
        """The card; for who may not read cards, the member."""
        self.ensure_one()
        record = self.card_id if self.env["loyalty.card"].has_access("read") else self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
