from odoo import api, models

# How the desk works on a ticket; what else a ticket says is the customer's.
INTERNAL = frozenset(
    {
        "answer_summary",
        "assignment_ids",
        "assignment_reason",
        "breach_cause_id",
        "classification_ids",
        "classification_text",
        "escalation_date",
        "escalation_ids",
        "escalation_level",
        "escalation_stopped",
        "handoff_count",
        "policy_reason",
        "question_group_id",
        "question_group_reason",
        "recovery_option_ids",
        "recovery_use_ids",
        "root_cause_id",
        "route_reason",
        "route_text",
        "service_effect",
        "work_ids",
        "work_minutes",
    }
)


class CrmTicket(models.Model):
    _name = "crm.ticket"
    _inherit = ["crm.ticket", "crm.internal.field.mixin"]

    @api.model
    def _crm_is_closed(self, field):
        """Of its own fields a ticket closes the desk's; what other addons add to it is closed as on any record."""
        return field.name in INTERNAL or field._modules[0] != "crm_service"
