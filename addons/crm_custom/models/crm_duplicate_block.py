from odoo import fields, models


class CrmDuplicateBlock(models.Model):
    """Working table of a scan: pairs of partners that share a blocking key. Emptied when the scan is done.

    Plain numbers instead of links: a check of two foreign keys a row would cost more than the rows; what is deleted
    meanwhile falls out where the pairs are joined with the partners.
    """

    _name = "crm.duplicate.block"
    _description = "Blocking Key of a Duplicate Scan"
    _log_access = False

    run_id = fields.Integer(required=True, readonly=True)
    partner_id = fields.Integer(string="First", required=True, readonly=True)
    other_partner_id = fields.Integer(string="Second", required=True, readonly=True)

    _run_pair_idx = models.Index("(run_id, partner_id, other_partner_id)")
