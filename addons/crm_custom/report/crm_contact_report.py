from odoo import fields, models
from odoo.tools import SQL


class CrmContactReport(models.Model):
    """Contacts and visits by salesperson, channel and customer class: one row per contact that was made.

    The class is the one of the month of the contact; where that month has no scorecard, the newest one.
    """

    _name = "crm.contact.report"
    _inherit = ["crm.fact"]
    _description = "Contacts and Visits"
    _auto = False
    _rec_name = "log_id"
    _order = "date desc, id desc"

    log_id = fields.Many2one("crm.contact.log", string="Contact", readonly=True)
    date = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Customer's Salesperson", readonly=True)
    channel = fields.Selection(
        lambda self: self.env["crm.contact.log"]._fields["channel"]._description_selection(self.env), readonly=True
    )
    direction = fields.Selection(
        lambda self: self.env["crm.contact.log"]._fields["direction"]._description_selection(self.env), readonly=True
    )
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="Class", readonly=True)
    contacts = fields.Integer(readonly=True)
    visits = fields.Integer(readonly=True)

    _depends = {
        "crm.contact.log": ["channel", "company_id", "date", "direction", "partner_id", "user_id"],
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id", "period"],
        "res.partner": ["user_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT log.id, log.id AS log_id, log.date, log.company_id, log.partner_id, log.user_id,
                partner.user_id AS partner_user_id, log.channel, log.direction,
                COALESCE(then_card.customer_class, now_card.customer_class) AS customer_class,
                1 AS contacts, (log.channel = 'visit')::int AS visits
            FROM crm_contact_log log
            JOIN res_partner partner ON partner.id = log.partner_id
            LEFT JOIN crm_scorecard then_card ON then_card.partner_id = log.partner_id
                AND then_card.company_id = log.company_id
                AND then_card.period = DATE_TRUNC('month', log.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
            LEFT JOIN crm_scorecard now_card ON now_card.partner_id = log.partner_id
                AND now_card.company_id = log.company_id AND now_card.is_latest
            """,
            self.env.tz.zone,
        )

    def action_open(self):
        self.ensure_one()
        return self._open_form(self.log_id)
