from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Of the decisions of the merged contacts the strictest counts from now on; all stay in the ledger."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        consents = self.env["crm.consent"].sudo()
        consents.invalidate_model()
        consents._keep_strictest(dst_partner)
        return result
