from odoo import Command, api, fields, models
from odoo.exceptions import UserError

COMPANY_FIELDS = (
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "email",
    "website",
    "vat",
    "industry_id",
)


class CrmBusinessCard(models.TransientModel):
    """A company and its people from business cards, in one step.

    Numbers are brought into international writing of the company's country; the source is kept on the records.
    """

    _name = "crm.business.card"
    _description = "Business Card"

    partner_id = fields.Many2one(
        "res.partner",
        string="Existing customer",
        domain=[("is_company", "=", True)],
        help="Adds the people to this company instead of making a new one.",
    )
    name = fields.Char(string="Company")
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char(string="ZIP")
    city = fields.Char()
    state_id = fields.Many2one("res.country.state", domain="[('country_id', '=?', country_id)]")
    country_id = fields.Many2one("res.country", default=lambda self: self.env.company.country_id)
    phone = fields.Char()
    email = fields.Char()
    website = fields.Char()
    vat = fields.Char(string="Tax ID")
    industry_id = fields.Many2one("res.partner.industry")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", default=lambda self: self.env.user, domain=[("share", "=", False)]
    )
    relation_type = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["relation_type"]._description_selection(self.env),
        string="Relation",
        default="customer",
    )
    source_id = fields.Many2one(
        "utm.source", required=True, default=lambda self: self.env.ref("crm_custom.utm_source_business_card", False)
    )
    source_note = fields.Char(string="Where", help="e.g. the fair, the event, who introduced them")
    image = fields.Binary(string="Picture of the card", attachment=False)
    image_name = fields.Char()
    line_ids = fields.One2many("crm.business.card.line", "card_id", string="People")
    phone_invalid = fields.Boolean(compute="_compute_phone_invalid")

    @api.depends("phone", "country_id", "line_ids.phone", "line_ids.mobile")
    def _compute_phone_invalid(self):
        for card in self:
            numbers = [card.phone, *card.line_ids.mapped("phone"), *card.line_ids.mapped("mobile")]
            country = card.country_id or self.env.company.country_id
            card.phone_invalid = not all(self._phone_format_number(number, country) for number in numbers if number)

    @api.onchange("phone", "country_id")
    def _onchange_phone(self):
        phones = self.env["crm.partner.phone"]
        if self.phone:
            self.phone = phones._crm_international(self.phone, self.country_id)
        for line in self.line_ids:
            line._onchange_phones()

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            self.name = self.partner_id.name
            self.country_id = self.partner_id.country_id or self.country_id

    # === SAVING === #

    def action_save(self):
        """Make the records and open the company."""
        return self._save().get_formview_action()

    def action_save_new(self):
        """Make the records and take the next card, from the same source."""
        self._save()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_business_card_action")
        defaults = {"default_source_id": self.source_id.id, "default_source_note": self.source_note}
        return action | {"context": defaults}

    def _save(self):
        self.ensure_one()
        people = self.line_ids.filtered("name")
        if not self.name and not people:
            raise UserError(self.env._("Enter a company or a person."))
        contacts = [line._contact_vals() for line in people]
        if self.partner_id:
            self.partner_id.write({"child_ids": [Command.create(vals) for vals in contacts]})
            customer = self.partner_id
        elif self.name:
            vals = self._company_vals() | {"child_ids": [Command.create(vals) for vals in contacts]}
            customer = self.env["res.partner"].create(vals)
        else:
            address = {name: vals for name, vals in self._company_vals().items() if name not in ("name", "is_company")}
            customer = self.env["res.partner"].create([address | vals for vals in contacts])[0]
        self._keep_image(customer)
        return customer

    def _company_vals(self):
        vals = self._convert_to_write({name: self[name] for name in COMPANY_FIELDS})
        return {
            **{name: value for name, value in vals.items() if value},
            "name": self.name,
            "is_company": True,
            "phone": self._number(self.phone),
            "user_id": self.user_id.id,
            "relation_type": self.relation_type,
            **self._source_vals(),
        }

    def _source_vals(self):
        return {"crm_source_id": self.source_id.id, "crm_source_note": self.source_note}

    def _number(self, number):
        country = self.partner_id.country_id or self.country_id
        return self.env["crm.partner.phone"]._crm_international(number, country) if number else False

    def _keep_image(self, customer):
        if self.image:
            self.env["ir.attachment"].create(
                {
                    "name": self.image_name or self.env._("Business card"),
                    "datas": self.image,
                    "res_model": customer._name,
                    "res_id": customer.id,
                }
            )
