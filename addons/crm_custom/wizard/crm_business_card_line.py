from odoo import Command, api, fields, models


class CrmBusinessCardLine(models.TransientModel):
    """A person on a business card."""

    _name = "crm.business.card.line"
    _description = "Business Card, Person"

    card_id = fields.Many2one("crm.business.card", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    function = fields.Char(string="Job position")
    phone = fields.Char()
    mobile = fields.Char()
    email = fields.Char()

    @api.onchange("phone", "mobile")
    def _onchange_phones(self):
        phones = self.env["crm.partner.phone"]
        for line in self:
            for name in ("phone", "mobile"):
                if line[name]:
                    line[name] = phones._crm_international(line[name], line.card_id.country_id)

    def _contact_vals(self):
        """Values of the contact; the mobile is its number where there is no other."""
        self.ensure_one()
        card = self.card_id
        extra = self.mobile if self.phone and self.mobile else False
        return {
            "name": self.name,
            "function": self.function,
            "email": self.email,
            "phone": card._number(self.phone or self.mobile),
            "country_id": (card.partner_id.country_id or card.country_id).id,
            "user_id": (card.partner_id.user_id or card.user_id).id,
            **card._source_vals(),
            "crm_phone_ids": [Command.create({"number": card._number(extra), "kind": "mobile"})] if extra else [],
        }
