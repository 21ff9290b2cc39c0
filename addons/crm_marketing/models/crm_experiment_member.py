from odoo import fields, models


class CrmExperimentMember(models.Model):
    """Who is in which cell; drawn once, set-based, and never changed."""

    _name = "crm.experiment.member"
    _description = "Customer in a Test"
    _order = "experiment_id, arm_id, id"
    _rec_name = "partner_id"

    experiment_id = fields.Many2one("crm.experiment", required=True, readonly=True, index=True, ondelete="cascade")
    arm_id = fields.Many2one("crm.experiment.arm", required=True, readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(related="arm_id.kind")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Person", required=True, readonly=True, ondelete="cascade", index=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _member_unique = models.UniqueIndex("(partner_id, experiment_id)")
