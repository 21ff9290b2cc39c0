"""Marketing: campaigns with a plan, the leads and orders they bring, agencies' bills and travel expenses."""

import datetime

from . import names

# name, first day and last day (days ago, negative: to come), budget, spent share of the budget
CAMPAIGNS = (
    ("Spring tools fair", 118, 80, 4000, 1.08),
    ("Safety week mailing", 95, 60, 1800, 0.8),
    ("Packaging for autumn", 70, 20, 2500, 0.55),
    ("Workshop lighting offer", 30, -20, 1500, 0.4),
    ("Year-end frame orders", -10, -45, 3000, 0.0),
)
LEAD_RATE = 0.55  # share of the opportunities that answer a running campaign
ORDER_RATE = 0.25  # share of the direct orders that do


def planned(world):
    """Whether this checkout has the marketing addon's plan on campaigns."""
    return "budget" in world.env["utm.campaign"]._fields


def prepare(world):
    """The campaigns, in the order of their dates; those to come stand in the plan."""
    env = world.as_user("marketing")
    stages = env["utm.stage"].search([], order="sequence, id")
    world.campaigns = []
    for title, first, last, budget, spent in CAMPAIGNS:
        values = {"title": title, "user_id": env.user.id}
        if planned(world):
            values |= {
                "date_start": world.today - datetime.timedelta(days=first),
                "date_end": world.today - datetime.timedelta(days=last),
                "budget": budget,
                "expected_responses": budget // 100,
                "expected_collected": budget * 4,
                "stage_id": stages[0 if first < 0 else -1 if last > 0 else len(stages) // 2].id,
            }
        campaign = env["utm.campaign"].create(values)
        world.campaigns.append((campaign, first, last))
        if spent:
            world.diary.add(costs(world, campaign, budget * spent), world.clock.at(first, 9))


def running(world):
    """The campaigns that run today or ended in the last fortnight."""
    today = world.clock.now.date()
    ago = (world.today - today).days
    return [campaign for campaign, first, last in world.campaigns if last - 14 <= ago <= first]


def values(world, rate):
    """What a lead or an order that answers a campaign carries; empty for the others."""
    found = running(world)
    if not found or world.rng.random() > rate:
        return {}
    return {"campaign_id": world.rng.choice(found).id}


def costs(world, campaign, amount):
    """Bills of an agency and a printer, and the marketer's travel expense, posted by finance."""
    rng = world.rng
    agency, printer, fairs = (
        world.env["res.partner"].search([("name", "=", name)], limit=1) for name in names.SUPPLIERS_OF_SERVICES
    )
    shares = ((agency, "Agency work", 0.5), (printer, "Leaflets and mailing", 0.3), (fairs, "Stand and fees", 0.2))
    for number, (supplier, text, share) in enumerate(shares):
        yield world.clock.now + datetime.timedelta(days=3 + 4 * number, hours=1)
        env = world.as_user("finance")
        bill = env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": supplier.id,
                "invoice_date": world.clock.now.date(),
                "ref": f"{supplier.name.split()[0].upper()}-{rng.randrange(1000, 9999)}",
                "campaign_id": campaign.id,
                "invoice_line_ids": [
                    (0, 0, {"name": text, "quantity": 1, "price_unit": round(amount * share, 2), "tax_ids": []})
                ],
            }
        )
        bill.action_post()
    if "campaign_id" in world.env["hr.expense"]._fields:
        yield from travel(world, campaign)


def travel(world, campaign):
    marketer = world.as_user("marketing")
    product = marketer["product.product"].sudo().search([("can_be_expensed", "=", True)], limit=1)
    if not product:
        return
    expense = marketer["hr.expense"].create(
        {
            "name": f"Train and hotel, {campaign.title}",
            "employee_id": marketer.user.employee_id.id,
            "product_id": product.id,
            "total_amount_currency": world.rng.randrange(90, 260),
            "payment_mode": "own_account",
            "date": world.clock.now.date(),
            "campaign_id": campaign.id,
        }
    )
    expense.action_submit()
    yield world.clock.now + datetime.timedelta(days=2)
    finance = world.as_user("finance")
    expense.with_env(finance).action_approve()
    # The context that the expense's own button gives its wizard.
    context = {"active_model": "hr.expense", "active_ids": expense.ids, "company_paid_move_ids": []}
    finance["hr.expense.post.wizard"].with_context(**context).create({}).action_post_entry()
