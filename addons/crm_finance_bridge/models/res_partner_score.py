from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Not stored: the commercial partner's score at the current company's legal entity, for who may see its credit.
    crm_payment_score_id = fields.Many2one(
        "crm.payment.score", "Payment Score Details", compute="_compute_crm_payment_score", compute_sudo=True
    )
    crm_payment_score = fields.Integer("Payment Score", compute="_compute_crm_payment_score", compute_sudo=True)
    crm_payment_letter = fields.Char("Payment Class", compute="_compute_crm_payment_score", compute_sudo=True)
    crm_payment_reasons = fields.Text("Why", compute="_compute_crm_payment_score", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_crm_payment_score(self):
        visible = self.filtered(lambda partner: partner._crm_credit_may_see())
        scores = self.env["crm.payment.score"]._by_partner(self.env.company, visible._origin)
        for partner in self:
            found = scores.get(partner.commercial_partner_id._origin.id) if partner in visible else None
            partner.crm_payment_score_id = found
            partner.crm_payment_score = found.score if found else 0
            partner.crm_payment_letter = found.letter if found and found.state == "scored" else False
            partner.crm_payment_reasons = found.reasons if found else self.env._("No invoice yet.")

    # === PRIVACY === #

    def _crm_person_sections(self):
        """Adds how the person was judged as a payer."""
        scores = self.env["crm.payment.score"].sudo().search([("partner_id", "=", self.id)])
        rows = [[score.display_name, fields.Date.to_string(score.date), score.reasons] for score in scores]
        return [*super()._crm_person_sections(), (self.env._("Payment score"), rows)]

    def _crm_erase_more(self):
        """The judgement on a person goes with the person; the night makes no new one without invoices."""
        count = 0
        for model in ("crm.payment.score", "crm.customer.risk", "crm.customer.balance"):
            records = self.env[model].sudo().search([("partner_id", "=", self.id)])
            count += len(records)
            records.unlink()
        return super()._crm_erase_more() + count
