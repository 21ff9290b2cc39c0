"""Segments: who belongs by value, behaviour and need, a log of some weeks, one frozen for a campaign, a budget."""

import datetime

from odoo import Command

# days ago on which the nightly job is played; the last is the last night
NIGHTS = (75, 45, 20, 7, 0)
# name, basis, how its members are treated, care, conditions: kind, values of the choice or amount
SEGMENTS = (
    (
        "Our best customers",
        "value",
        {
            "instruction": "Offer delivery on the next day; do not charge for small orders.",
            "measure": "Next-day delivery",
            "strategy": "They bring most of the margin: none of them may leave for a trifle.",
            "marketing_form": "visit",
            "care_degree": "high",
            "contact_cost": 60,
            "response_rate": 30,
        },
        (("class", ("a",)),),
    ),
    (
        "Regular, now silent",
        "behaviour",
        {
            "instruction": "Ask what happened since the last order, before anything else is sold.",
            "measure": "A call within the week",
            "marketing_form": "call",
            "care_degree": "normal",
            "contact_cost": 12,
            "response_rate": 15,
        },
        (("idle", 60), ("lifecycle", ("existing", "valuable", "fading"))),
    ),
    (
        "Packaging, but no safety",
        "need",
        {
            "instruction": "Bring a sample of the gloves.",
            "measure": "Sample box of packaging",
            "marketing_form": "mail",
            "care_degree": "normal",
            "contact_cost": 7,
            "response_rate": 8,
        },
        (("bought", ("Packaging", "Safety", 12)),),
    ),
    (
        "Lost",
        "value",
        {
            "measure": "One letter a year",
            "marketing_form": "letter",
            "care_degree": "low",
            "contact_cost": 2,
            "response_rate": 1,
        },
        (("lifecycle", ("lost",)),),
    ),
)


def make(world):
    """After the scorecards and the consents: classes are known, and who may be written to."""
    if not world.has("crm.segment"):
        return
    env = world.as_user("marketing")
    segments = env["crm.segment"]
    for name, basis, treatment, conditions in SEGMENTS:
        commands = [Command.create(condition(env, *given)) for given in conditions]
        segments |= segments.create(
            {
                "name": name,
                "basis": basis,
                "domain": repr([("customer_rank", ">", 0)]),
                "condition_ids": commands,
                **treatment,
            }
        )
    for ago in NIGHTS:
        night = datetime.datetime.combine(world.today - datetime.timedelta(days=ago), datetime.time(2, 10))
        segments._process_refresh(night)
    best, silent = segments[:2]
    customer = silent.member_ids.partner_id[:1]
    if customer:
        best._pick(customer, "Picked by the manager: opens a second workshop next year")
    use(world, silent)
    plan = env["crm.segment.budget"].create({"name": f"Care in {world.today:%Y}", "budget": 1200})
    plan.action_allocate()


def condition(env, kind, given):
    if kind == "bought":
        wanted, unwanted, months = given
        category = {name: env["product.category"].search([("name", "=", name)], limit=1).ids for name in given[:2]}
        return {
            "kind": kind,
            "categ_ids": [Command.set(category[wanted])],
            "without_categ_ids": [Command.set(category[unwanted])],
            "months": months,
        }
    if kind == "idle":
        return {"kind": kind, "operator": "at_least", "amount": given}
    choices = env["crm.segment.choice"].search([("kind", "=", kind), ("code", "in", given)])
    return {"kind": kind, "choice_ids": [Command.set(choices.ids)]}


def use(world, segment):
    """The campaign to come is for the silent ones: frozen, so that it is known later whom it was for."""
    campaign = next((found for found, first, _last in getattr(world, "campaigns", ()) if first < 0), None)
    if campaign and segment.member_count:
        campaign = campaign.with_env(segment.env)
        campaign.segment_id = segment
        campaign._freeze_audience("email")
