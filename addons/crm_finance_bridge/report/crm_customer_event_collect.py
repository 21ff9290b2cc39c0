from odoo import api, fields, models
from odoo.tools import SQL

# Codes of these parts of the timeline (204 to 211), see `_event_part`.
PROMISED, KEPT, BROKEN, DISPUTED, SETTLED = range(204, 209)


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[
            ("promise", "Promise to pay"),
            ("promise_kept", "Promise kept"),
            ("promise_broken", "Promise broken"),
            ("dispute", "Dispute"),
            ("dispute_settled", "Dispute settled"),
        ]
    )

    _depends = {
        "crm.payment.promise": ["amount", "company_id", "date", "date_closed", "partner_id", "state", "user_id"],
        "crm.dispute": ["amount", "company_id", "date_closed", "date_open", "name", "partner_id", "state", "user_id"],
    }

    @api.model
    def _event_parts(self):
        """Adds promises and disputes, when they were made and how they ended; amounts in company currency."""
        return [*super()._event_parts(), *self._event_parts_promise(), *self._event_parts_dispute()]

    @api.model
    def _event_parts_promise(self):
        def part(code, kind, date, where):
            return self._event_part(
                code,
                kind,
                SQL("crm_payment_promise promise JOIN res_company company ON company.id = promise.company_id"),
                where,
                date=date,
                partner_id=SQL("promise.partner_id"),
                company_id=SQL("promise.company_id"),
                name=SQL("to_char(promise.date, 'YYYY-MM-DD')"),
                res_model="crm.payment.promise",
                res_id=SQL("promise.id"),
                amount=SQL("promise.amount"),
                currency_id=SQL("company.currency_id"),
                user_id=SQL("promise.user_id"),
            )

        closed = SQL("promise.date_closed + interval '12 hours'")
        return [
            part(PROMISED, "promise", SQL("promise.create_date"), SQL("TRUE")),
            part(KEPT, "promise_kept", closed, SQL("promise.state = 'kept'")),
            part(BROKEN, "promise_broken", closed, SQL("promise.state IN ('part', 'broken')")),
        ]

    @api.model
    def _event_parts_dispute(self):
        def part(code, kind, date, where):
            return self._event_part(
                code,
                kind,
                SQL("crm_dispute dispute JOIN res_company company ON company.id = dispute.company_id"),
                where,
                date=date,
                partner_id=SQL("dispute.partner_id"),
                company_id=SQL("dispute.company_id"),
                name=SQL("dispute.name"),
                res_model="crm.dispute",
                res_id=SQL("dispute.id"),
                amount=SQL("dispute.amount"),
                currency_id=SQL("company.currency_id"),
                user_id=SQL("dispute.user_id"),
            )

        return [
            part(DISPUTED, "dispute", SQL("dispute.date_open"), SQL("TRUE")),
            part(SETTLED, "dispute_settled", SQL("dispute.date_closed"), SQL("dispute.date_closed IS NOT NULL")),
        ]
