from odoo import api, fields, models
from odoo.tools import SQL

# Codes of this addon's parts of the timeline (192 to 255), see `_event_part`.
CODES = {"hold": 192, "request": 193, "release": 194, "warn": 195, "auto": 196}


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[
            ("credit_hold", "Credit hold"),
            ("credit_request", "Release asked"),
            ("credit_release", "Credit release"),
            ("credit_warn", "Credit warning"),
            ("credit_auto", "Credit hold over"),
            ("credit_limit", "Credit limit"),
        ]
    )

    _depends = {
        "crm.credit.decision": [
            "company_id",
            "kind",
            "order_amount",
            "order_name",
            "partner_id",
            "user_id",
        ],
        "crm.credit.request": ["amount", "company_id", "date_decided", "partner_id", "state", "user_id"],
    }

    @api.model
    def _event_parts(self):
        """Adds what was decided on the customer's credit; the amount is the order's, in company currency."""
        return [
            *super()._event_parts(),
            *(self._event_part_credit(kind, code) for kind, code in CODES.items()),
            self._event_part_limit(),
        ]

    def _event_part_limit(self):
        """The day a limit was granted, with the limit."""
        return self._event_part(
            197,
            "credit_limit",
            SQL(
                """crm_credit_request request
                   JOIN res_company company ON company.id = request.company_id"""
            ),
            SQL("request.state = 'approved'"),
            date=SQL("request.date_decided"),
            partner_id=SQL("request.partner_id"),
            company_id=SQL("request.company_id"),
            name=SQL("'v' || request.version::varchar"),
            res_model="crm.credit.request",
            res_id=SQL("request.id"),
            amount=SQL("request.amount"),
            currency_id=SQL("company.currency_id"),
            user_id=SQL("COALESCE(request.second_approver_id, request.approver_id)"),
        )

    def _event_part_credit(self, kind, code):
        return self._event_part(
            code,
            f"credit_{kind}",
            SQL(
                """crm_credit_decision decision
                   JOIN res_partner partner ON partner.id = decision.partner_id
                   JOIN res_company company ON company.id = decision.company_id"""
            ),
            SQL("decision.kind = %s", kind),
            date=SQL("decision.create_date"),
            partner_id=SQL("partner.commercial_partner_id"),
            company_id=SQL("decision.company_id"),
            name=SQL("decision.order_name"),
            res_model="crm.credit.decision",
            res_id=SQL("decision.id"),
            amount=SQL("decision.order_amount"),
            currency_id=SQL("company.currency_id"),
            user_id=SQL("decision.user_id"),
        )
