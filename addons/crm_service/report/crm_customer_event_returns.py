from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Returns on the customer's timeline."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("crm_return", "Return asked for")])

    _depends = {
        "crm.return": [
            "amount", "company_id", "currency_id", "date_submitted", "name", "partner_id", "state", "user_id",
        ],
    }  # fmt: skip

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_returns()]

    @api.model
    def _event_parts_returns(self):
        return [
            self._event_part(
                90,
                "crm_return",
                SQL("crm_return back"),
                SQL("back.date_submitted IS NOT NULL AND back.state NOT IN ('refused', 'cancel')"),
                date=SQL("back.date_submitted"),
                partner_id=SQL("back.partner_id"),
                company_id=SQL("back.company_id"),
                name=SQL("back.name"),
                res_model="crm.return",
                res_id=SQL("back.id"),
                amount=SQL("NULLIF(back.amount, 0)"),
                currency_id=SQL("back.currency_id"),
                user_id=SQL("back.user_id"),
            )
        ]
