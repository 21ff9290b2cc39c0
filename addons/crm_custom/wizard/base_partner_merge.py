from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Identity keys and duplicate pairs of the merged partners go; the key of the other is made anew."""
        sources = tuple(src_partners.ids)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_partner_key WHERE partner_id IN %s", sources))
        self.env.cr.execute(
            SQL("DELETE FROM crm_duplicate_pair WHERE partner_a_id IN %s OR partner_b_id IN %s", sources, sources)
        )
        self.env.cr.execute(SQL("DELETE FROM crm_duplicate_block WHERE partner_id IN %s", sources))
        super()._update_foreign_keys(src_partners, dst_partner)
        self.env["crm.partner.key"]._mark(dst_partner.ids)
