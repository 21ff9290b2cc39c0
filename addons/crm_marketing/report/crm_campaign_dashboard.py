from odoo import api, models
from odoo.tools import formatLang

SUMS = (
    "cost:sum", "collected:sum", "return_rate:avg", "output_input:avg", "reached:sum", "response_rate:avg",
    "leads:sum", "cost_per_lead:avg", "new_customers:sum", "cost_per_customer:avg",
)  # fmt: skip
ROWS = 5


class CrmCampaignReturn(models.Model):
    """What the campaign dashboard shows: figures of the planned campaigns of the current company, in its currency."""

    _inherit = "crm.campaign.return"

    @api.model
    @api.readonly
    def get_dashboard(self):
        """Return {"tiles": [...], "best": [...], "watch": [...], "domain"}; a tile says its name, figure and note."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("is_auto_campaign", "=", False),
            ("campaign_active", "=", True),
        ]
        [sums] = self._read_group(domain, [], SUMS)
        names = ["campaign_id", "cost", "collected", "return_rate", "return_state", "budget_state"]
        rows = self.search_fetch(domain, names, order="collected desc, id")
        watch = rows.filtered(
            lambda row: row.budget_state in ("warn", "over") or row.return_state in ("nothing_collected", "below_cost")
        )
        return {
            "tiles": self._dashboard_tiles(dict(zip(SUMS, sums, strict=True))),
            "best": [row._dashboard_row() for row in rows.filtered(lambda row: row.collected > 0)[:ROWS]],
            "watch": [row._dashboard_row() for row in watch.sorted("cost", reverse=True)[:ROWS]],
            "domain": domain,
        }

    def _dashboard_tiles(self, sums):
        none = self.env._("No cost yet")
        cost = (sums["cost:sum"] or 0) > 0
        rate, share = sums["response_rate:avg"], sums["return_rate:avg"]
        company = self.env.company.sudo()
        year = self.env["crm.marketing.year"].search([("company_id", "=", company.id)], limit=1)
        ratio = year.win_keep_ratio
        return [
            {"key": "cost", "name": self.env._("Spent"), "figure": self._money(sums["cost:sum"]), "note": ""},
            {
                "key": "collected",
                "name": self.env._("Collected"),
                "figure": self._money(sums["collected:sum"]),
                "note": "",
            },
            {
                "key": "return",
                "name": self.env._("Return"),
                "figure": self._number(100 * share, " %") if cost and share is not None else none,
                "note": self.env._("Output / input %(ratio)s", ratio=self._number(sums["output_input:avg"]))
                if cost
                else "",
            },
            {
                "key": "response",
                "name": self.env._("Response Rate"),
                "figure": self._number(rate, " %") if rate is not None else self.env._("Nothing delivered"),
                "note": self.env._(
                    "Average elsewhere %(average)s %%, target %(target)s %%",
                    average=self._number(company.crm_response_benchmark),
                    target=self._number(company.crm_response_target),
                ),
            },
            {
                "key": "lead",
                "name": self.env._("Cost per Lead"),
                "figure": self._money(sums["cost_per_lead:avg"]) if sums["leads:sum"] else self.env._("No leads yet"),
                "note": self.env._("%(count)s leads", count=sums["leads:sum"] or 0),
            },
            {
                "key": "customer",
                "name": self.env._("Cost per New Customer"),
                "figure": self._money(sums["cost_per_customer:avg"])
                if sums["new_customers:sum"]
                else self.env._("No new customers yet"),
                "note": self.env._(
                    "%(ratio)s times a kept one; others report %(low)s to %(high)s",
                    ratio=self._number(ratio),
                    low=self._number(company.crm_acquisition_reference),
                    high=self._number(company.crm_acquisition_reference_high),
                )
                if ratio
                else "",
            },
        ]

    def _dashboard_row(self):
        return {
            "id": self.campaign_id.id,
            "name": self.campaign_id.title,
            "cost": self._money(self.cost),
            "collected": self._money(self.collected),
            "return": "" if self.return_state == "no_cost" else self._number(100 * self.return_rate, " %"),
        }

    def _money(self, amount):
        return formatLang(self.env, amount or 0, currency_obj=self.env.company.sudo().currency_id)

    def _number(self, value, unit=""):
        return f"{formatLang(self.env, value or 0, digits=1)}{unit}"
