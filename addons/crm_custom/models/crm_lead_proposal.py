from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    proposal_ids = fields.One2many("crm.proposal", "lead_id", string="Proposals")
    proposal_count = fields.Integer(compute="_compute_proposals")
    proposal_state = fields.Char("Newest proposal", compute="_compute_proposals")

    @api.depends_context("lang")
    @api.depends("proposal_ids.state", "proposal_ids.version")
    def _compute_proposals(self):
        labels = dict(self.env["crm.proposal"]._fields["state"]._description_selection(self.env))
        for lead in self:
            newest = lead.proposal_ids.sorted("version")[-1:]
            lead.proposal_count = len(lead.proposal_ids)
            lead.proposal_state = (
                self.env._("Version %(version)s: %(state)s", version=newest.version, state=labels[newest.state])
                if newest
                else False
            )

    def action_new_proposal(self):
        self.ensure_one()
        proposal = self.env["crm.proposal"]._next_version(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.proposal",
            "res_id": proposal.id,
            "views": [(False, "form")],
        }

    def action_proposals(self):
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_proposal_action") | {
            "domain": [("lead_id", "=", self.id)],
            "context": {"create": False},
        }

    def _merge_dependences(self, opportunities):
        """Proposals of merged deals go on with new version numbers; sudo: as Odoo moves messages and files."""
        result = super()._merge_dependences(opportunities)
        last = max(self.sudo().proposal_ids.mapped("version"), default=0)
        for number, proposal in enumerate(opportunities.sudo().proposal_ids.sorted("id"), last + 1):
            proposal.write({"lead_id": self.id, "version": number})
        return result
