"""Live documents: four months told day by day, in which each department acts on what the others left for it.

What lies after today is never told, so documents stand in every state of the
chain in the proportions in which a trade leaves them.
"""

import datetime

from . import credit_desk, desks, marketing_desk, masters, pipeline_desk, sales_desk, service_desk, ticket_desk
from .clock import Clock, Diary

DAYS = 120
OPPORTUNITIES = 42
REORDERS = 44


def make(world):
    env = world.env
    last = datetime.datetime.now().replace(microsecond=0) - datetime.timedelta(minutes=5)
    with Clock(env, world.today, DAYS) as clock:
        world.clock = clock
        world.diary = Diary(clock, last)
        cast(world)
        world.diary.run(lambda share: world.progress(min(1.0, share), f"{clock.now:%d %B}"))
        env.flush_all()


def cast(world):
    """Who trades when: drawn once, before the first day."""
    rng, diary, clock = world.rng, world.diary, world.clock
    customers = list(masters.customers(world))
    marketing_desk.prepare(world)
    credit_desk.prepare(world)
    pipeline_desk.prepare(world)
    world.goods = list(world.env["product.product"].search([("is_storable", "=", True)], order="default_code"))
    for number in range(world.count(OPPORTUNITIES)):
        # More of them lately: a pipeline is full at its young end.
        days_ago = round(DAYS * rng.random() ** 1.5)
        story = sales_desk.opportunity(world, number, rng.choice(customers))
        diary.add(story, clock.at(days_ago, rng.randrange(8, 17), rng.randrange(60)))
    for _number in range(world.count(REORDERS)):
        days_ago = rng.randrange(DAYS)
        story = sales_desk.reorder(world, rng.choice(customers))
        diary.add(story, clock.at(days_ago, rng.randrange(8, 15), rng.randrange(60)))
    departments = [(10, desks.buying), (13, desks.receiving), (15, desks.shipping), (16, desks.invoicing)]
    if world.has("crm.ticket"):
        service_desk.prepare(world)
        ticket_desk.prepare(world)
        departments.append((11, service_desk.watching))
    diary.add(desks.daily(world, pipeline_desk.night(world)), clock.at(DAYS, 22))
    for hour, desk in departments:
        diary.add(desks.daily(world, desk(world)), clock.at(DAYS, hour))
