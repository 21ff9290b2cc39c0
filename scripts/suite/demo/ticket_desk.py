"""Service desk set up: question groups with skilled agents, a ladder of two steps, cost of an hour and the baseline."""

import datetime

# name, keywords
GROUPS = (
    ("Damage and defects", "damaged, broken, stopped working, defect"),
    ("Delivery", "quantity, delivery, rest come, missing"),
    ("Invoices and prices", "price, invoice, offer"),
    ("Use and data sheets", "mounted, instructions, data sheet"),
)
HOURLY_COST, COST_BEFORE, MINUTES_BEFORE = 54.0, 38.0, 41.0


def make(world):
    """Before the scorecards: the tickets of the year join their groups."""
    env = world.env
    if not world.has("crm.question.group"):
        return
    groups = env["crm.question.group"].create(
        [{"name": name, "keywords": words, "sequence": number} for number, (name, words) in enumerate(GROUPS)]
    )
    agent, manager = world.user("service"), world.user("manager")
    env["crm.agent.skill"].create(
        [{"user_id": agent.id, "group_id": group.id, "level": "3"} for group in groups]
        + [{"user_id": manager.id, "group_id": group.id, "level": "1"} for group in groups[:2]]
    )
    env["crm.ticket"].search([]).with_context(tracking_disable=True)._group_questions()
    team = env.ref("crm_service.crm_service_team_default")
    team.write({"assign_method": "auto", "max_open": 40})
    env["crm.escalation.rule"].create(
        {
            "name": "To the leader after a day",
            "company_id": env.company.id,
            "level": 2,
            "trigger": "breach",
            "minutes": 24 * 60,
            "stop_on": "answered",
            "priority_change": "up",
            "assign": "leader",
        }
    )


def prepare(world):
    """Before the first ticket: what an hour costs, and what a ticket cost before."""
    env = world.env
    if world.has("crm.service.baseline"):
        env["crm.service.baseline"].create(
            {
                "company_id": env.company.id,
                "hourly_cost": HOURLY_COST,
                "baseline_cost": COST_BEFORE,
                "baseline_minutes": MINUTES_BEFORE,
                "go_live": world.today - datetime.timedelta(days=180),
            }
        )
