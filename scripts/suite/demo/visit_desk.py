"""Visits and contacts: a plan for the year, visits made and to make, calls due, the executives' list."""

import datetime
import random

from . import masters

PLACE = (40.71, -74.0)
"""Around this point (degrees) the customers have their coordinates."""
OBJECTIVES = (
    "Agree the order for the next quarter",
    "Show the new range",
    "Talk about late deliveries",
    "Renew the frame agreement",
)
RESULTS = (
    "Order promised by the end of the month.",
    "Interested, wants samples first.",
    "Satisfied with delivery, asks for better terms.",
)
PROBLEMS = (
    ("stated", "Invoices arrive late", "task"),
    ("found", "Half of the shelf is filled by a competitor", "opportunity"),
    ("stated", "Boxes arrive damaged", "task"),
)
VISITED = 15
CALLS = 18


def make(world):
    """After the scorecards: the plan needs the classes."""
    env = world.env
    if not world.has("crm.visit"):
        return
    rng = random.Random("visits")
    customers = masters.customers(world).filtered("user_id")
    for customer in customers:
        customer.write(
            {
                "partner_latitude": round(PLACE[0] + rng.uniform(-0.4, 0.4), 5),
                "partner_longitude": round(PLACE[1] + rng.uniform(-0.5, 0.5), 5),
                "maintenance_level": rng.choice(("1", "2", "2", "2", "3")),
            }
        )
    managers = env["res.users"].search([("group_ids", "in", env.ref("sales_team.group_sale_manager").id)], limit=2)
    env.company.write({"crm_executive_ids": [(6, 0, managers.ids)], "crm_executive_customers": 8})
    env["crm.executive.call"]._make(env.company, world.today)
    env["crm.customer.class.policy"]._ensure(env.company)
    for number in range(world.count(VISITED)):
        visited(world, rng, rng.choice(customers), number)
    plan = env["crm.visit.plan"].create({"year": world.today.year, "visits_per_day": 6})
    plan._generate(world.today)
    for customer in rng.sample(list(customers), min(len(customers), world.count(CALLS))):
        customer.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=world.today + datetime.timedelta(days=rng.choice((-9, -4, -2, 0, 0, 0, 1, 1, 3))),
            summary=rng.choice(("Call about the open quotation", "Ask for the next order", "Say thank you")),
            user_id=customer.user_id.id,
        )


def visited(world, rng, customer, number):
    """A visit of the last eight weeks; each third met a problem."""
    env = world.env(user=customer.user_id.id)
    day = datetime.datetime.combine(world.today - datetime.timedelta(days=rng.randrange(1, 56)), datetime.time(14))
    while day.weekday() > 4:
        day -= datetime.timedelta(days=1)
    visit = env["crm.visit"].create(
        {
            "partner_id": customer.id,
            "user_id": customer.user_id.id,
            "objective": OBJECTIVES[number % len(OBJECTIVES)],
            "purpose": rng.choice(("relation", "sell", "present")),
            "start": day + datetime.timedelta(hours=number % 5),
            "result": RESULTS[number % len(RESULTS)],
        }
    )
    if number % 3 == 0:
        kind, name, follow_up = PROBLEMS[number // 3 % len(PROBLEMS)]
        visit.problem_ids = [(0, 0, {"kind": kind, "name": name, "follow_up": follow_up})]
    visit.action_confirm()
    visit.action_done()
