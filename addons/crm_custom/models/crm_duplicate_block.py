from odoo import fields, models


class CrmDuplicateBlock(models.Model):
    """Working table of a scan: blocking keys that two or more partners share. Emptied when the scan is done.

    Plain numbers instead of links: a check of two foreign keys a row would cost more than the rows; what is deleted
    meanwhile falls out where the candidates are joined with the partners.
    """

    _name = "crm.duplicate.block"
    _description = "Blocking Key of a Duplicate Scan"
    _log_access = False

    run_id = fields.Integer(required=True, readonly=True)
    block = fields.Char(required=True, readonly=True)
    partner_id = fields.Integer(required=True, readonly=True)

    _run_block_idx = models.Index("(run_id, block, partner_id)")
    _run_partner_idx = models.Index("(run_id, partner_id)")
