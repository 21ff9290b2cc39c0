from unittest.mock import patch

FIGURES = (
    "budget", "cost", "ordered", "invoiced", "credited", "collected", "payback_date", "return_state", "budget_state",
    "net_sales", "goods", "goods_unknown", "new_customers",
)  # fmt: skip


def figures(env):
    """{(campaign, company): figures} of the table of campaigns, money in cents."""
    env.invalidate_all()
    rows = env["crm.campaign.return"].sudo().search_fetch([], ["campaign_id", "company_id", *FIGURES])
    return {
        (row.campaign_id.id, row.company_id.id): tuple(
            round(100 * row[name]) if isinstance(row[name], float) else row[name] for name in FIGURES
        )
        for row in rows
    }


def kept_and_live(env):
    """The table as it reads itself and as it reads the ledger."""
    kept = figures(env)
    with patch.object(env.registry["crm.campaign.money"], "_is_kept", lambda self: False):
        return kept, figures(env)
