from odoo import api, fields, models

KINDS = [
    ("mobile", "Mobile"),
    ("work", "Work"),
    ("home", "Home"),
    ("fax", "Fax"),
    ("im", "Messenger"),
    ("other", "Other"),
]


class CrmPartnerPhone(models.Model):
    """A further number of a customer or contact, beside Odoo's one `phone`.

    `e164` is the number as the world dials it (+4930123456), empty while it cannot be read as a number of the
    partner's country (or the company's, where the partner has none).
    """

    _name = "crm.partner.phone"
    _description = "Further Phone Number"
    _order = "partner_id, sequence, id"
    _rec_name = "number"

    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    number = fields.Char(required=True)
    kind = fields.Selection(KINDS, required=True, default="mobile")
    e164 = fields.Char(string="Dialled as", compute="_compute_e164", store=True, index="btree_not_null")
    is_valid = fields.Boolean(compute="_compute_e164", store=True)

    @api.depends("number", "partner_id.country_id")
    def _compute_e164(self):
        for phone in self:
            country = phone.partner_id.country_id or self.env.company.country_id
            phone.e164 = self._phone_format_number(phone.number, country) if phone.number else False
            phone.is_valid = bool(phone.e164)

    @api.onchange("number")
    def _onchange_number(self):
        if self.number:
            self.number = self._crm_international(self.number, self.partner_id.country_id)

    @api.model
    def _crm_international(self, number, country):
        """The number in international writing, or as it was typed where it is none."""
        country = country or self.env.company.country_id
        return self._phone_format_number(number, country, force_format="INTERNATIONAL") or number

    # === HISTORY: the customer's log tells of these numbers as of its own fields === #

    @api.model_create_multi
    def create(self, vals_list):
        phones = super().create(vals_list)
        for phone in phones:
            phone.partner_id._crm_log_change("crm_phone_ids", "", phone.number)
        return phones

    def write(self, vals):
        old = {phone: phone.number for phone in self}
        done = super().write(vals)
        if "number" in vals:
            for phone in self:
                if phone.number != old[phone]:
                    phone.partner_id._crm_log_change("crm_phone_ids", old[phone], phone.number)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_log(self):
        for phone in self:
            phone.partner_id._crm_log_change("crm_phone_ids", phone.number, "")
