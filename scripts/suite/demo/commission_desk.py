"""Commission: a plan on collected money since four months ago, statements sent, approved and booked, wages."""

from dateutil.relativedelta import relativedelta
from odoo import Command

MONTHS = 4
WAGES = {"sales": 3100.0, "sales2": 2950.0}


def make(world):
    """After the documents: the months before the last are booked, the last is with the salespeople, this one runs."""
    if not world.has("crm.commission.plan"):
        return
    env = world.as_user("finance")
    company = env.company
    this_month = world.today.replace(day=1)
    start = this_month - relativedelta(months=MONTHS)
    users = {login: env["res.users"].sudo().search([("login", "=", login)], limit=1) for login in WAGES}
    env["crm.wage"].create(
        [
            {
                "user_id": user.id,
                "company_id": company.id,
                "month": start + relativedelta(months=back),
                "amount": WAGES[login],
            }
            for login, user in users.items()
            for back in range(MONTHS)
            if user
        ]
    )
    accounts(env, company)
    plan(env, start).action_activate()
    env["crm.commission.run"]._run(company, world.today)
    statements = (
        env["crm.commission.statement"]
        .search([("company_id", "=", company.id), ("user_id", "!=", False), ("month", "<", this_month)])
        .filtered(lambda statement: statement.user_id != env.user)
    )
    statements.action_send()
    last = this_month - relativedelta(months=1)
    done = statements.filtered(lambda statement: statement.month < last)
    done.action_approve()
    done.filtered(lambda statement: statement.amount_total > 0).action_post()
    for statement in statements.filtered(lambda statement: statement.month == last and statement.collected)[:1]:
        reason = "The order of the trade fair was mine, not my colleague's."
        statement.with_user(statement.user_id)._object(reason)


def accounts(env, company):
    """Where the payout is booked: an account of its own, that of the expense type as well."""
    company = company.sudo()
    company.crm_commission_journal_id = (
        env["account.journal"].sudo().search([("type", "=", "general"), ("company_id", "=", company.id)], limit=1)
    )
    company.crm_commission_account_id = (
        env["account.account"]
        .sudo()
        .create(
            {
                "name": "Commission and Bonus",
                "code": "631000",
                "account_type": "expense",
                "company_ids": [Command.set(company.ids)],
            }
        )
    )
    kind = env.ref("crm_finance_bridge.crm_expense_type_commission").sudo().with_company(company)
    kind.account_id = company.crm_commission_account_id


def plan(env, start):
    return env["crm.commission.plan"].create(
        {
            "name": f"Sales {start:%Y}",
            "company_id": env.company.id,
            "date_from": start,
            "late_days": 60,
            "late_percent": 50.0,
            "rule_ids": [
                Command.create({"sequence": 1, "discount_from": 25.0, "kind": "rate", "rate": 1.0}),
                Command.create({"sequence": 2, "kind": "tier"}),
            ],
            "tier_ids": [
                Command.create({"amount_from": 0.0, "rate": 1.5}),
                Command.create({"amount_from": 20000.0, "rate": 2.0}),
                Command.create({"amount_from": 50000.0, "rate": 2.5}),
            ],
            "share_ids": [
                Command.create({"role": "document", "percent": 100.0}),
                Command.create({"role": "leader", "percent": 10.0, "is_override": True}),
            ],
        }
    )
