from odoo import fields, models
from odoo.tools import SQL


class CrmContactMatrix(models.Model):
    """Who of us speaks with whom of the customer: one row per colleague and contact, with number and last date.

    Contacts without a person named stand in a row of their own. The id is that of the newest contact of the pair.
    """

    _name = "crm.contact.matrix"
    _description = "Staff and Customer Contacts"
    _auto = False
    _order = "last_date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Colleague", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    number = fields.Integer(string="Contacts", readonly=True)
    last_date = fields.Datetime(string="Last contact", readonly=True, aggregator="max")
    last_channel = fields.Selection(
        selection=lambda self: self.env["crm.contact.log"]._fields["channel"]._description_selection(self.env),
        string="By",
        readonly=True,
    )
    days_since = fields.Integer(string="Days since", readonly=True, aggregator="min")

    _depends = {
        "crm.contact.log": ["channel", "company_id", "contact_id", "date", "partner_id", "user_id"],
    }

    @property
    def _table_query(self):
        """Days since are whole days, from the last contact to today, in the user's time zone."""
        return SQL(
            """SELECT (ARRAY_AGG(id ORDER BY date DESC, id DESC))[1] AS id, partner_id, contact_id, user_id, company_id,
                      COUNT(*)::int AS number, MAX(date) AS last_date,
                      (ARRAY_AGG(channel ORDER BY date DESC, id DESC))[1] AS last_channel,
                      %(today)s::date - (MAX(date) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS days_since
               FROM crm_contact_log GROUP BY partner_id, contact_id, user_id, company_id""",
            today=fields.Date.context_today(self),
            zone=self.env.tz.zone,
        )

    def action_open_contacts(self):
        """The contacts behind the row."""
        self.ensure_one()
        action = self.partner_id.action_crm_contact_logs()
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("contact_id", "=", self.contact_id.id),
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action
