from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("service_visit", "Service visit"), ("agreement", "Service agreement")])

    _depends = {
        "crm.service.visit": [
            "commercial_partner_id",
            "company_id",
            "date_done",
            "name",
            "state",
            "user_id",
            "work_done",
        ],
        "crm.service.agreement": [
            "commercial_partner_id",
            "company_id",
            "date_start",
            "name",
            "state",
            "title",
            "user_id",
        ],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_field()]

    @api.model
    def _event_parts_field(self):
        """Visits when they were done, with what was done; agreements when they begin."""
        visit = self._event_part(
            100,
            "service_visit",
            SQL("crm_service_visit visit"),
            SQL("visit.state = 'done' AND visit.commercial_partner_id IS NOT NULL"),
            date=SQL("visit.date_done"),
            partner_id=SQL("visit.commercial_partner_id"),
            company_id=SQL("visit.company_id"),
            name=SQL("visit.name || ' ' || COALESCE(visit.work_done, '')"),
            res_model="crm.service.visit",
            res_id=SQL("visit.id"),
            user_id=SQL("visit.user_id"),
        )
        agreement = self._event_part(
            101,
            "agreement",
            SQL("crm_service_agreement agreement"),
            SQL("agreement.state IN ('active', 'ended')"),
            date=SQL("agreement.date_start + INTERVAL '12 hours'"),
            partner_id=SQL("agreement.commercial_partner_id"),
            company_id=SQL("agreement.company_id"),
            name=SQL("agreement.name || ' ' || agreement.title"),
            res_model="crm.service.agreement",
            res_id=SQL("agreement.id"),
            user_id=SQL("agreement.user_id"),
        )
        return [visit, agreement]
