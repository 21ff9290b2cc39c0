from odoo import api, fields, models


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    escalation_ids = fields.One2many("crm.escalation.log", "clock_id", "Escalations", readonly=True)

    @api.model
    def _terms(self, kind, milestone, events, times):
        """With `crm_sla_share` in the context (percent): the terms as if only that share had been promised.

        A clock read by them breaks at the moment at which the share was used, whatever became of it later.
        """
        terms = super()._terms(kind, milestone, events, times)
        share = self.env.context.get("crm_sla_share")
        return [item._replace(target=item.target * share / 100) for item in terms] if share else terms

    def _share_moments(self, share, now):
        """Return {clock: moment at which `share` percent of its time was used}, of those that came before `now`."""
        readings = self.with_context(crm_sla_share=share)._readings(now)
        return {clock: reading.breached_at for clock, reading in readings.items() if reading.breached_at}
