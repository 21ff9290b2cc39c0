from odoo import models


class EventRegistration(models.Model):
    _inherit = "event.registration"

    def _get_lead_values(self, rule):
        """A lead of an entry belongs to the campaign of its event, unless the entry came through another one."""
        values = super()._get_lead_values(rule)
        if rule and rule == self.event_id[:1].crm_lead_rule_id:
            values["company_id"] = self.event_id[:1].company_id.id
        campaign = self.event_id[:1].crm_campaign_id
        if campaign and not values.get("campaign_id"):
            values["campaign_id"] = campaign.id
        return values
