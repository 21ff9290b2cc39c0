"""The sales manager's desk: territories, targets, last month's frozen forecast, tasks and reports."""

import datetime

from dateutil.relativedelta import relativedelta

REGIONS = (("East", "sales", "10000", "39999"), ("Centre", "sales2", "40000", "69999"), ("West", "sales", "70000", ""))
SHARES = {"sales": 0.45, "sales2": 0.35, "assistant": 0.2}
CATEGORIES = ("commit", "best", "best", "pipeline", "pipeline", "omitted")
TASKS = (
    ("Present the autumn catalogue", 8, "visits", "sales"),
    ("Ask for the yearly frame", 5, "calls", "sales2"),
)


def make(world):
    if not world.has("crm.target"):
        return
    territories(world)
    targets(world)
    forecasts(world)
    desk(world)


def territories(world):
    """The home market by postcode; the smallest countries stay outside and are listed as gaps."""
    env = world.env
    usa = env["crm.territory"].create(
        {"name": "United States", "user_id": world.user("sales").id, "rule_ids": [rule(env.ref("base.us"))]}
    )
    for name, login, low, high in REGIONS:
        env["crm.territory"].create(
            {
                "name": name,
                "parent_id": usa.id,
                "user_id": world.user(login).id,
                "rule_ids": [rule(env.ref("base.us"), low, high)],
            }
        )
    env["crm.territory"]._assign()
    # They have been customers of their territory for as long as there are records.
    env["crm.territory.member"].search([]).date_from = world.today - relativedelta(years=2)
    for lead in env["crm.lead"].search([("partner_id.commercial_partner_id.territory_id", "!=", False)]):
        lead.territory_id = lead.partner_id.commercial_partner_id.territory_id


def rule(country, low=False, high=False):
    return (0, 0, {"country_id": country.id, "zip_from": low, "zip_to": high})


def targets(world):
    """A year's target a tenth above what the last twelve months brought, divided among the people."""
    env = world.env
    last = env["crm.performance"]._read_group(
        [("date", ">", world.today - relativedelta(years=1)), ("company_id", "=", env.company.id)],
        [],
        ["ordered:sum", "collected:sum"],
    )[0]
    year = {"date_from": world.today.replace(month=1, day=1), "date_to": world.today.replace(month=12, day=31)}
    for measure, amount in zip(("ordered", "collected"), last, strict=True):
        people = {login: round(1.1 * (amount or 0) * share, -3) for login, share in SHARES.items()}
        whole = env["crm.target"].create(
            {"scope": "company", "measure": measure, "amount": sum(people.values()), "profile": "season", **year}
        )
        parts = env["crm.target"].create(
            [
                {
                    "scope": "user",
                    "user_id": world.user(login).id,
                    "team_id": world.user(login).sale_team_id.id,
                    "measure": measure,
                    "amount": part,
                    "parent_id": whole.id,
                    "profile": "season",
                    **year,
                }
                for login, part in people.items()
            ]
        )
        (whole | parts).action_confirm()


def forecasts(world):
    """Categories and adjustments on open deals, then the forecast of last week and of today."""
    env = world.env
    leads = env["crm.lead"].search([("type", "=", "opportunity"), ("won_status", "=", "pending")])
    for lead in leads:
        lead.forecast_category = world.rng.choice(CATEGORIES)
        if not lead.date_deadline or lead.date_deadline < world.today:
            lead.date_deadline = world.today + datetime.timedelta(days=world.rng.randrange(5, 80))
    for lead in leads.filtered(lambda lead: lead.forecast_category == "commit" and lead.user_id)[:6]:
        env(user=lead.user_id.id)["crm.forecast.adjustment"].create(
            {
                "lead_id": lead.id,
                "amount": round(0.8 * lead.expected_revenue, -1),
                "reason": "They take one branch first",
            }
        )
    for days in (7, 0):
        env["crm.forecast"]._freeze(env.company, world.today - datetime.timedelta(days=days))


def desk(world):
    manager = world.user("manager") or world.env.user
    for number, (name, quantity, unit, login) in enumerate(TASKS):
        world.env["crm.sales.task"].create(
            {
                "name": name,
                "quantity": quantity,
                "unit": unit,
                "quantity_done": 3 * number,
                "state": "in_progress",
                "user_id": world.user(login).id,
                "manager_id": manager.id,
                "date_deadline": world.today + datetime.timedelta(days=14),
            }
        )
    for days in (7, 0):
        reports = world.env["crm.sales.report"]._expect(world.today - datetime.timedelta(days=days))
        for report in reports[: len(reports) if days else 1]:
            report.done = "Customers of the west visited, two quotations out, one complaint settled."
            report.with_user(report.user_id).action_submit()
