from odoo import api, fields, models


class ResPartner(models.Model):
    """Referrals of a customer: prospects that he recommended, and the revenue won with them."""

    _inherit = "res.partner"

    referral_count = fields.Integer("Referrals", compute="_compute_referrals")
    referral_currency_id = fields.Many2one("res.currency", compute="_compute_referrals")
    referral_won_amount = fields.Monetary(
        "Won by referrals", currency_field="referral_currency_id", compute="_compute_referrals"
    )

    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_referrals(self):
        """One query for all partners, in the present company; under the user's own rights on deals."""
        company = self.env.company
        groups = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(
                [("referrer_id", "in", self.ids), ("company_id", "in", [company.id, False])],
                ["referrer_id", "won_status"],
                ["__count", "expected_revenue:sum"],
            )
            if self.env["crm.lead"].has_access("read")
            else []
        )
        found = {}
        for partner, status, count, amount in groups:
            known = found.setdefault(partner.id, [0, 0.0])
            known[0] += count
            known[1] += amount if status == "won" else 0.0
        for partner in self:
            partner.referral_count, partner.referral_won_amount = found.get(partner._origin.id, (0, 0.0))
            partner.referral_currency_id = company.currency_id

    def action_referrals(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Referrals by %(partner)s", partner=self.name),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [("referrer_id", "=", self.id)],
            "context": {"default_referrer_id": self.id, "active_test": False},
        }
