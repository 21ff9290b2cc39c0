from odoo import api, fields, models


class CrmCampaignActivityCheck(models.Model):
    """What must be ready before a step is executed."""

    _name = "crm.campaign.activity.check"
    _description = "Campaign Step Checklist"
    _order = "sequence, id"

    activity_id = fields.Many2one("crm.campaign.activity", "Step", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="activity_id.company_id", store=True, index="btree_not_null")
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    done = fields.Boolean(copy=False)
    done_date = fields.Date("Done On", copy=False, readonly=True)
    done_user_id = fields.Many2one("res.users", "Done By", copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_signature(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_signature(vals))

    @api.model
    def _with_signature(self, vals):
        """Who ticks a line signs it."""
        if "done" not in vals:
            return vals
        done = vals["done"]
        return {
            **vals,
            "done_date": done and fields.Date.context_today(self),
            "done_user_id": done and self.env.uid,
        }
