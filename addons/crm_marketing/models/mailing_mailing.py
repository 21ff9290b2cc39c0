from odoo import models
from odoo.fields import Domain

PATHS = {"res.partner": "id", "crm.lead": "partner_id", "sale.order": "partner_id"}


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _get_recipients_domain(self):
        """No campaign reaches a competitor, nor whoever else is out of campaigns, whatever the filter says."""
        domain = super()._get_recipients_domain()
        path = PATHS.get(self.mailing_model_real)
        if not path:
            return domain
        excluded = (
            self.env["res.partner"]
            .with_context(active_test=False)
            ._search(self.env["res.partner"]._crm_no_campaign_domain())
        )
        return domain & (Domain(path, "=", False) | Domain(path, "not in", excluded))
