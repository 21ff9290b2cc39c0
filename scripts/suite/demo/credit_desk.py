"""Credit control: terms of some customers before the live months, releases while they run."""

import datetime

from . import masters


def prepare(world):
    """One customer in seven has a limit; some of the limits are below what they already owe."""
    if not world.has("crm.credit.limit"):
        return
    env = world.as_user("finance")
    rng = world.rng
    slow = slow_payers(world)
    terms = []
    for customer in masters.customers(world):
        is_slow = customer in slow
        if not is_slow and rng.random() > 1 / 7:
            continue
        owed = max(0.0, customer.credit)
        limit = round(max(500.0, owed * rng.uniform(0.6, 3)), -2)
        terms.append(
            {
                "partner_id": customer.id,
                "company_id": env.company.id,
                "hold_rule": "hold" if is_slow else rng.choice(("hold", "hold", "warn")),
                "max_days_overdue": 15 if is_slow else rng.choice((0, 30, 60)),
                "amount_limit": limit,
            }
        )
    env["crm.credit.limit"].create(terms)
    # Three of the slow ones order again this week: their orders wait for a decision.
    from . import sales_desk  # it imports this module

    for days_ago, customer in zip((6, 4, 2), slow, strict=False):
        world.diary.add(sales_desk.reorder(world, customer), world.clock.at(days_ago, 10))


def slow_payers(world):
    """Customers with an invoice more than thirty days overdue today, the longest overdue first."""
    limit = world.today - datetime.timedelta(days=30)
    lines = world.env["account.move.line"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("amount_residual", ">", 0),
            ("date_maturity", "<", limit),
        ],
        order="date_maturity, id",
    )
    return lines.partner_id.commercial_partner_id[:8]


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
