from odoo import models

from ..models.res_partner_credit_limit import MERGE


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """The limit of a customer that is merged was granted before; whoever merges grants none."""
        data = self.env.cr.precommit.data
        data[MERGE] = True
        try:
            return super()._update_values(src_partners, dst_partner)
        finally:
            data.pop(MERGE, None)
