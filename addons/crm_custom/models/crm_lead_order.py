from markupsafe import Markup
from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _win_by_order(self, order):
        """Win the deal, or keep it where it stands and ask its salesperson for what the gates miss."""
        for lead in self.filtered(lambda lead: lead.type == "opportunity" and lead.won_status != "won"):
            stage = lead._stage_find(domain=[("is_won", "=", True)])
            missing = lead._stage_missing_for(stage) if stage else []
            if stage and not missing:
                lead.action_set_won()
            elif missing:
                lines = Markup("").join(Markup("<li>%s</li>") % line for line in lead._stage_missing_lines(missing))
                lead.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=(lead.user_id or order.user_id or self.env.user).id,
                    summary=self.env._("Ordered by %(order)s: complete the deal to win it", order=order.name),
                    note=Markup("<ul>%s</ul>") % lines,
                )
