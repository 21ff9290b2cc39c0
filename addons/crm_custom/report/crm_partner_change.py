from odoo import api, fields, models
from odoo.tools import SQL


class CrmPartnerChange(models.Model):
    """The log of changes of customers and contacts: who, when, what, old value, new value.

    Rows are Odoo's tracked values of res.partner (id = 2 * that id), and contacts added to a company later than
    the company itself (id = 2 * the contact's id + 1).
    """

    _name = "crm.partner.change"
    _description = "Customer Change"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "what"

    date = fields.Datetime(string="When", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True, help="The commercial entity.")
    partner_id = fields.Many2one("res.partner", string="Record", readonly=True)
    author_id = fields.Many2one("res.partner", string="Who", readonly=True)
    field_name = fields.Char(readonly=True)
    topic = fields.Selection(
        [
            ("address", "Address"),
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("contact", "Contact"),
            ("owner", "Salesperson"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    what = fields.Char(readonly=True)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    _depends = {
        "mail.message": ["author_id", "date", "model", "res_id"],
        "mail.tracking.value": [
            "field_id", "mail_message_id", "new_value_char", "new_value_datetime", "new_value_float",
            "new_value_integer", "new_value_text", "old_value_char", "old_value_datetime", "old_value_float",
            "old_value_integer", "old_value_text",
        ],
        "res.partner": ["commercial_partner_id", "company_id", "name", "parent_id", "type"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._tracked(), self._contacts_added())

    @api.model
    def _value(self, side):
        """Text of a tracked value; `side` is old or new."""

        def column(kind):
            return SQL.identifier("value", f"{side}_value_{kind}")

        return SQL(
            """CASE field.ttype
                WHEN 'boolean' THEN CASE WHEN %(integer)s = 1 THEN '✓' ELSE '✗' END
                WHEN 'integer' THEN %(integer)s::text
                WHEN 'float' THEN %(float)s::text
                WHEN 'monetary' THEN %(float)s::text
                WHEN 'text' THEN %(text)s
                WHEN 'html' THEN %(text)s
                WHEN 'date' THEN %(moment)s::date::text
                WHEN 'datetime' THEN %(moment)s::text
                ELSE %(char)s END""",
            integer=column("integer"),
            float=column("float"),
            text=column("text"),
            moment=column("datetime"),
            char=column("char"),
        )

    @api.model
    def _tracked(self):
        return SQL(
            """SELECT value.id::bigint * 2 AS id, message.date, partner.commercial_partner_id AS customer_id,
                      partner.id AS partner_id, message.author_id, field.name::varchar AS field_name,
                      CASE WHEN field.name = 'contact_address_inline' THEN 'address'
                           WHEN field.name IN ('phone', 'crm_phone_ids') THEN 'phone'
                           WHEN field.name = 'email' THEN 'email'
                           WHEN field.name IN ('parent_id', 'child_ids', 'name', 'function') THEN 'contact'
                           WHEN field.name IN ('user_id', 'deputy_user_id') THEN 'owner'
                           ELSE 'other' END AS topic,
                      COALESCE(field.field_description ->> %(lang)s, field.field_description ->> 'en_US') AS what,
                      %(old)s AS old_value, %(new)s AS new_value, partner.company_id
               FROM mail_tracking_value value
               JOIN mail_message message ON message.id = value.mail_message_id
               JOIN ir_model_fields field ON field.id = value.field_id
               JOIN res_partner partner ON partner.id = message.res_id
               WHERE message.model = 'res.partner'""",
            lang=self.env.lang or "en_US",
            old=self._value("old"),
            new=self._value("new"),
        )

    @api.model
    def _contacts_added(self):
        return SQL(
            """SELECT contact.id::bigint * 2 + 1, contact.create_date, contact.commercial_partner_id,
                      contact.parent_id, writer.partner_id, 'child_ids', 'contact', %(what)s, '', contact.name,
                      contact.company_id
               FROM res_partner contact
               JOIN res_partner parent ON parent.id = contact.parent_id
               LEFT JOIN res_users writer ON writer.id = contact.create_uid
               WHERE contact.create_date > parent.create_date AND contact.type = 'contact'""",
            what=self.env._("Contact added"),
        )

    def action_open_record(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
