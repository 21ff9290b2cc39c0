from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("dunning", "Reminder")])

    _depends = {
        "crm.dunning.letter": ["amount", "company_id", "date_sent", "level_id", "partner_id", "state", "user_id"],
        "crm.dunning.level": ["name"],
    }

    @api.model
    def _event_parts(self):
        """Adds the letters that went out; the amount is what was overdue, in company currency."""
        name = self.env["crm.dunning.level"]._field_to_sql("level", "name")
        part = self._event_part(
            200,
            "dunning",
            SQL(
                """crm_dunning_letter letter
                   JOIN crm_dunning_level level ON level.id = letter.level_id
                   JOIN res_company company ON company.id = letter.company_id"""
            ),
            SQL("letter.state = 'sent'"),
            date=SQL("letter.date_sent"),
            partner_id=SQL("letter.partner_id"),
            company_id=SQL("letter.company_id"),
            name=name,
            res_model="crm.dunning.letter",
            res_id=SQL("letter.id"),
            amount=SQL("letter.amount"),
            currency_id=SQL("company.currency_id"),
            user_id=SQL("letter.user_id"),
        )
        return [*super()._event_parts(), part]
