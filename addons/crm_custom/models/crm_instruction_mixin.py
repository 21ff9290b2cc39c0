from odoo import api, fields, models


class CrmInstructionMixin(models.AbstractModel):
    """A document with a customer shows how that customer is to be served, in the document's company."""

    _name = "crm.instruction.mixin"
    _description = "Shows How to Serve the Customer"

    crm_instructions = fields.Text("How to Serve", compute="_compute_crm_instructions")

    @api.depends("partner_id", "company_id")
    @api.depends_context("company", "lang")
    def _compute_crm_instructions(self):
        for company, records in self.grouped("company_id").items():
            found = records.partner_id._crm_instructions(company or self.env.company)
            for record in records:
                record.crm_instructions = "\n".join(found.get(record.partner_id.id, [])) or False
