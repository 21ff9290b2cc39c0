from odoo import api, models


class CrmContactLog(models.Model):
    """A contact logged from a reminder fulfils the planned contact behind it."""

    _inherit = "crm.contact.log"

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        planned = self.env.context.get("crm_done_activity_id")
        if planned and len(logs) == 1:
            activity = self.env["mail.activity"].browse(planned).exists().filtered("active")
            if activity:
                logs.done_activity_id = activity
                activity.with_context(crm_done_activity_id=False, crm_contact_logged=True).action_feedback(
                    feedback=logs.subject
                )
        return logs
