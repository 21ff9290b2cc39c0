from odoo import api, fields, models


class CrmCompanyScorecard(models.Model):
    """How few customers make 80 % of the sales."""

    _inherit = "crm.company.scorecard"

    pareto_count = fields.Integer(string="Key customers", compute="_compute_pareto", compute_sudo=True)
    pareto_customers = fields.Integer(string="Customers with sales", compute="_compute_pareto", compute_sudo=True)
    pareto_percent = fields.Float(
        string="Share of customers that makes 80 %", digits=(5, 1), compute="_compute_pareto", compute_sudo=True
    )
    pareto_text = fields.Char(string="80/20", compute="_compute_pareto", compute_sudo=True)

    @api.depends("scorecard_ids.revenue", "company_id.crm_pareto_share")
    @api.depends_context("lang")
    def _compute_pareto(self):
        found = self.env["crm.pareto"]._summaries(self) if self.ids else {}
        for month in self:
            key, customers, top = found.get(month.id, (0, 0, 0))
            month.pareto_count, month.pareto_customers = key, customers
            month.pareto_percent = 100 * key / customers if customers else 0
            month.pareto_text = (
                self.env._(
                    "%(key)s of %(customers)s customers (%(percent).1f %%) make %(share).0f %% of the sales; "
                    "the top 20 %% make %(top).1f %%",
                    key=key,
                    customers=customers,
                    percent=month.pareto_percent,
                    share=month.company_id.crm_pareto_share,
                    top=top,
                )
                if customers
                else self.env._("Not enough data: no sales in the twelve months.")
            )

    def action_pareto(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_pareto_action")
        return action | {"name": self.pareto_text, "domain": [("month_id", "=", self.id)], "context": {}}
