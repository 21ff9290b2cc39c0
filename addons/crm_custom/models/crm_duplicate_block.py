from odoo import fields, models


class CrmDuplicateBlock(models.Model):
    """Working table of a scan: blocking keys that two or more partners share. Emptied when the scan is done."""

    _name = "crm.duplicate.block"
    _description = "Blocking Key of a Duplicate Scan"
    _log_access = False

    run_id = fields.Many2one("crm.duplicate.run", required=True, ondelete="cascade", readonly=True)
    block = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", readonly=True, index=True)

    _run_block_idx = models.Index("(run_id, block, partner_id)")
    _run_partner_idx = models.Index("(run_id, partner_id)")
