"""Classes and customer value: what each class receives, and what a market manager keeps beside the figures."""

from dateutil.relativedelta import relativedelta

# class: discount of the price list, days of the payment term, largest discount, service level
TERMS = {"a": (8, 60, 15, "Gold"), "b": (4, 45, 8, "Silver"), "c": (0, 30, 3, "Standard")}
INSIGHTS = (
    (
        "Dealers that were visited in spring order for the whole autumn",
        "Show the autumn range on the spring visit.",
        "[('customer_role', 'in', ['franchisee', 'agent'])]",
        "likely",
    ),
    (
        "A customer whose last invoice is older than half a year seldom comes back by himself",
        "Call before a mailing.",
        "[('customer_lifecycle', '=', 'fading')]",
        "proved",
    ),
)


def prepare(world):
    """Policies of the three classes: price list where the company uses them, term, visits, service."""
    if not world.has("crm.customer.class.policy"):
        return
    env = world.env
    policies = env["crm.customer.class.policy"]
    policies._ensure(env.company)
    for policy in policies.search([("company_id", "=", env.company.id)]):
        share, days, discount, level = TERMS[policy.customer_class]
        values = {"max_discount": discount, "service_level": level, "payment_term_id": _term(env, days).id}
        if share:
            rule = {"compute_price": "percentage", "percent_price": share, "applied_on": "3_global"}
            name = f"Class {policy.customer_class.upper()}"
            pricelist = env["product.pricelist"].create(
                {"name": name, "sequence": 90, "company_id": env.company.id, "item_ids": [(0, 0, rule)]}
            )
            values["pricelist_id"] = pricelist.id
        policy.write(values)


def _term(env, days):
    """The whole amount after so many days."""
    terms = env["account.payment.term"].search([("line_ids.nb_days", "=", days)])
    line = {"value": "percent", "value_amount": 100, "nb_days": days}
    return terms.filtered(lambda term: len(term.line_ids) == 1)[:1] or terms.create(
        {"name": f"{days} Days", "line_ids": [(0, 0, line)]}
    )


def make(world):
    """After the scorecards: lifetime values, give-up candidates, growth plans, outlets, ratings, insights."""
    if not world.has("crm.lifetime.model"):
        return
    env = world.env
    prepare(world)
    env["crm.lifetime.model"]._run(env.company, world.today)
    env["crm.give.up"]._find(env.company, world.today)
    _reported(world)
    dealers = env["res.partner"].search(
        [("customer_role", "in", ("franchisee", "agent", "distributor")), ("parent_id", "=", False)], limit=4
    )
    for number, dealer in enumerate(dealers):
        _dealer(world, dealer, number)
    ratings = env["crm.value.rating"]
    for back, marks in ((9, (6, 5, 7, 5, 6)), (1, (7, 6, 8, 5, 5))):
        day = world.today - relativedelta(months=back)
        names = ("product_value", "service_value", "staff_value", "brand_value", "customer_cost")
        for dealer in dealers:
            values = dict(zip(names, marks, strict=True))
            ratings.create({"partner_id": dealer.id, "date": day, **values})
    for statement, advice, segment, confidence in INSIGHTS:
        env["crm.insight"].create(
            {"statement": statement, "advice": advice, "segment": segment, "confidence": confidence}
        )


def _reported(world):
    """What an agent reported to have sold to customers of ours, one of them unknown."""
    env = world.env
    agent = env["res.partner"].search([("customer_role", "=", "agent"), ("parent_id", "=", False)], limit=1)
    known = env["res.partner"].search([("customer_role", "=", "direct"), ("parent_id", "=", False)], limit=5)
    env["crm.partner.transaction"].create(
        [
            {
                "source_partner_id": agent.id,
                "name": f"AG-{number:03}",
                "date": world.today - relativedelta(days=12 * number),
                "customer_name": name,
                "amount": 240 + 85 * number,
            }
            for number, name in enumerate([*known.mapped("name"), "Unknown Workshop"], 1)
        ]
    )


def _dealer(world, dealer, number):
    env, today = world.env, world.today
    dealer.estimated_spend = 40000 + 15000 * number
    sales = env["crm.scorecard"].search([("partner_id", "=", dealer.id), ("is_latest", "=", True)]).revenue
    start = today - relativedelta(months=4)
    plan = env["crm.growth.plan"].create(
        {
            "partner_id": dealer.id,
            "date_from": start,
            "date_to": start + relativedelta(years=1),
            "target_sales": round(sales * 1.2, -2) or 5000,
            "market": str(3 + number % 3),
            "sales_force": str(2 + number % 3),
            "willingness": "4",
            "milestone_ids": [
                (0, 0, {"name": "Training of the staff", "date": start + relativedelta(months=2), "is_done": True}),
                (
                    0,
                    0,
                    {"name": "Second counter", "date": start + relativedelta(months=6), "target_sales": sales * 0.6},
                ),
            ],
        }
    )
    plan.action_start()
    env["crm.outlet"].create(
        {
            "name": f"{dealer.name}, main shop",
            "partner_id": dealer.id,
            "opened_on": today - relativedelta(years=3),
            "city": dealer.city,
            "year_ids": [
                (0, 0, {"year": today.year - back, "sales": round(sales * (1 - 0.15 * back), -2), "rank": 2 + back,
                        "brands": 6})
                for back in (0, 1)
            ],
        }
    )  # fmt: skip
    kind, name = (("label", "Customer's article number on each box"), ("slot", "Tuesday 7:00 to 9:00"))[number % 2]
    env["crm.delivery.service"].create({"partner_id": dealer.id, "kind": kind, "name": name})
