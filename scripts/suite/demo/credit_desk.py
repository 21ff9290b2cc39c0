"""Credit control: terms of some customers before the live months, releases while they run."""

import datetime

from . import masters


def prepare(world):
    """One customer in seven has a limit; some of the limits are below what they already owe."""
    if not world.has("crm.credit.limit"):
        return
    env = world.as_user("finance")
    rng = world.rng
    terms = []
    for customer in masters.customers(world):
        if rng.random() > 1 / 7:
            continue
        owed = max(0.0, customer.credit)
        limit = round(max(500.0, owed * rng.uniform(0.6, 3)), -2)
        terms.append(
            {
                "partner_id": customer.id,
                "company_id": env.company.id,
                "hold_rule": rng.choice(("hold", "hold", "warn")),
                "max_days_overdue": rng.choice((0, 30, 60)),
                "amount_limit": limit,
            }
        )
    env["crm.credit.limit"].create(terms)


def held(world, order):
    """A held order: the seller asks, finance releases half of them after a day or two."""
    if not hasattr(order, "action_credit_ask"):
        return
    order.action_credit_ask()
    yield world.clock.now + datetime.timedelta(days=world.rng.uniform(0.5, 3))
    if world.rng.random() < 0.5:
        return
    finance = world.as_user("finance")
    release = finance["crm.credit.release"].create(
        {"order_id": order.id, "reason": "Payment announced by telephone for this week."}
    )
    release.action_release()
    yield world.clock.now + datetime.timedelta(hours=2)
    order.action_confirm()
