"""Customer master: contacts made, profiles, channel, needs, VIPs, a competitor, and what orders taught."""

import datetime

from . import names

TALKS = (
    ("call", "Asked about the delivery", "They wait for the second half of the order."),
    ("email", "Sent the new price list", "Prices from the first of next month."),
    ("visit", "Went through the shelves", "Two articles sell better than last year."),
    ("video", "Showed the new catalogue", "They want samples."),
    ("im", "Asked for the tracking number", ""),
)
NEEDS = (
    ("Fittings for forty doors", "3", 2400),
    ("Drills for the second workshop", "2", 1800),
    ("Shelves for the new shop", "1", 950),
    ("A cheaper line of gloves", "1", 400),
)
PURPOSES = ("use", "use", "resale", "resale", "resale", "investment", "collection")
RIVALS = ("Ferrous & Sons Trading", "Quickbolt Supply")
PER_CUSTOMER = 3


def make(world):
    """After the last day; as the people whose work it is."""
    if not world.has("crm.contact.log"):
        return
    env, rng = world.env, world.rng
    customers = env["res.partner"].search([("customer_role", "!=", False)], order="id")
    if not customers:
        return
    _classify(world, customers)
    _talk(world, customers[: world.count(60)])
    special = customers.filtered("user_id")[:4]
    for customer in special:
        sellers = [world.user(login) for login in ("sales", "sales2", "manager")]
        deputy = next(user for user in sellers if user != customer.user_id)
        customer.write({"is_special": True, "deputy_user_id": deputy.id})
    for number, customer in enumerate(customers[: world.count(16)]):
        name, priority, amount = NEEDS[number % len(NEEDS)]
        seller = customer.user_id or world.user("sales")
        env["crm.customer.need"].with_user(seller).create(
            {
                "name": name,
                "partner_id": customer.id,
                "priority": priority,
                "amount": amount,
                "date": world.today - datetime.timedelta(days=rng.randrange(30)),
                "date_needed": world.today + datetime.timedelta(days=rng.randrange(-5, 40)),
            }
        )
    for order in env["sale.order"].search([], order="id"):
        order.crm_purpose = rng.choice(PURPOSES)
    env["crm.contact.preference"]._learn(env.company, world.today)


def _classify(world, customers):
    """Relation, profile, channel and second numbers."""
    env, rng = world.env, world.rng
    customers.with_context(mail_notrack=True).write({"relation_type": "customer"})
    env["res.partner"].create([{"name": name, "is_company": True, "relation_type": "competitor"} for name in RIVALS])
    dealers = customers.filtered(lambda one: one.customer_role == "distributor")
    ends = customers.filtered(lambda one: one.customer_role == "direct")
    for number, customer in enumerate(ends[: world.count(30)]):
        if dealers:
            customer.channel_parent_id = dealers[number % min(len(dealers), 4)]
    for customer in (dealers | customers[:20]).with_context(mail_notrack=True):
        customer.write(
            {
                "crm_employees": rng.randrange(3, 120),
                "crm_founded": rng.randrange(1950, 2020),
                "crm_financial_strength": rng.choice("2345"),
                "crm_cost_control": rng.choice("2345"),
                "crm_values": rng.choice(("Delivery on time", "Lowest price", "Long-lasting goods")),
            }
        )
    env["crm.partner.phone"].create(
        [
            {"partner_id": customer.id, "number": names.telephone(rng, "us"), "kind": "mobile"}
            for customer in customers[:25]
        ]
    )


def _talk(world, customers):
    """Contacts of the last three months, by the customer's salesperson and now and then by the manager."""
    rng = world.rng
    logs = world.env["crm.contact.log"]
    now = datetime.datetime.now().replace(microsecond=0)
    for customer in customers:
        people = customer.child_ids.filtered(lambda one: one.type == "contact")
        for number in range(rng.randrange(1, PER_CUSTOMER + 1)):
            channel, subject, content = rng.choice(TALKS)
            colleague = world.user("manager") if number == 2 else customer.user_id or world.user("sales")
            logs.with_user(colleague)._log(
                rng.choice(people) if people else customer,
                channel,
                date=now - datetime.timedelta(days=rng.randrange(1, 90), hours=rng.randrange(8)),
                subject=subject,
                content=content,
                direction=rng.choice(("out", "out", "in")),
            )
