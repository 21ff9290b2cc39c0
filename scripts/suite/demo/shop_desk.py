"""Suggestions and channels: a counter team, dealers with a portal shop, higher tiers, and what the night counts."""

import datetime

from . import PASSWORD

GOLIVE_DAYS = 90
REPLACED_AFTER = 18  # months
DEALER_LOGIN = "dealer"
COSTS = (("counter", 900), ("online", 350), ("indirect", 1400))
ANSWERS = 8
MOVED = 20  # orders at the counter, and as many from the portal


def make(world):
    env = world.env
    if not world.has("crm.product.affinity"):
        return
    env.company.write(
        {"crm_golive_date": world.today - datetime.timedelta(days=GOLIVE_DAYS), "crm_direct_target": 65.0}
    )
    counter = env["crm.team"].create({"name": "Counter", "crm_channel": "counter", "company_id": env.company.id})
    for channel, values in (("direct", {"team_id": counter.id}), ("indirect", {"crm_channel": "online"})):
        orders = env["sale.order"].search([("crm_channel", "=", channel)], order="id desc", limit=MOVED * 3)
        orders.filtered(lambda order: world.rng.random() < 1 / 3).write(values)
    dealers(world)
    costs(world)
    higher_tiers(world)
    env["crm.product.affinity"]._run(env.company, world.today)
    answers(world)


def dealers(world):
    """Distributors and franchisees order in the portal; one of them can sign in."""
    env = world.env
    partners = env["res.partner"].search([("customer_role", "in", ("distributor", "franchisee"))], order="id")
    partners.crm_portal_shop = True
    if not partners:
        return
    owing = env["crm.open.item"]._read_group(
        [("partner_id", "in", partners.ids), ("kind", "=", "invoice")],
        ["partner_id"],
        order="__count DESC, partner_id",
        limit=1,
    )
    partner = owing[0][0] if owing else partners[0]
    env["res.partner"].create(
        [{"name": name, "parent_id": partner.id, "type": "delivery"} for name in ("Harbour Works", "Old Mill Site")]
    )
    contact = env["res.partner"].create({"name": f"Purchasing of {partner.name}", "parent_id": partner.id})
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": contact.name,
            "login": DEALER_LOGIN,
            "password": PASSWORD,
            "partner_id": contact.id,
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            "company_id": env.company.id,
            "company_ids": [(6, 0, env.company.ids)],
        }
    )


def costs(world):
    first = world.today.replace(day=1)
    months = [(first - datetime.timedelta(days=30 * back)).replace(day=1) for back in range(3)]
    world.env["crm.channel.cost"].create(
        [{"channel": channel, "month": month, "amount": amount} for month in months for channel, amount in COSTS]
    )


def higher_tiers(world):
    """Within each category the cheapest goods have the dearest as a higher tier."""
    groups = world.env["product.template"].search([("is_storable", "=", True)]).grouped("categ_id")
    for templates in groups.values():
        ordered = templates.sorted("list_price")
        for template in ordered[: len(ordered) // 4]:
            template.write({"crm_upsell_ids": ordered[-1].ids, "crm_replacement_months": REPLACED_AFTER})


def answers(world):
    """Some open quotations on which the salesperson answered what was suggested."""
    quotes = world.env["sale.order"].search([("state", "in", ("draft", "sent"))], limit=ANSWERS, order="id desc")
    for quote in quotes:
        order = quote.with_user(quote.user_id or world.user("sales"))
        panel = order.crm_suggestion_panel(order.id, order.partner_id.id, [])
        for offer in panel["offers"][:2]:
            answer = order.action_accept_suggestion if world.rng.random() < 0.5 else order.action_decline_suggestion
            answer(offer["product_id"])
