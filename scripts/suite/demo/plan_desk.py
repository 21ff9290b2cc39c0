"""Plan of the campaigns: a programme, steps planned and executed, feedback, lessons, an order, a dealer promotion."""

import datetime

from odoo import Command, fields

from . import names

# kind, name, first and last day within the campaign (shares of its days), people planned
STEPS = (
    ("mail", "Invitation by mail", 0.0, 0.1, 400),
    ("call", "Calls to the best customers", 0.1, 0.4, 40),
    ("traditional", "Posters at the dealers'", 0.1, 0.9, 600),
    ("event", "Afternoon in the showroom", 0.6, 0.7, 120),
)
# of the campaigns that are over: score, conclusion, lessons
LESSONS = (
    (58, "Many visitors, few orders: the offer came too late.", (("change", "Send the offer with the invitation"),
                                                                 ("keep", "Call within two days after the fair"))),
    (74, "The mail brought what the budget promised.", (("keep", "Short mail with one picture"),
                                                        ("stop", "No second reminder within a week"))),
)  # fmt: skip
VOICES = (("good", "event", "Good to see the tools in use."), ("bad", "call", "You called three times this week."))


def make(world):
    """After the scorecards: the largest dealer is known, campaigns have their costs."""
    if not world.has("crm.campaign.activity"):
        return
    campaigns = [campaign.with_env(world.env) for campaign, _first, _last in world.campaigns]
    programme = world.env["crm.programme"].create(
        {
            "name": f"Workshop year {world.today:%Y}",
            "date_start": world.today.replace(month=1, day=1),
            "date_end": world.today.replace(month=12, day=31),
            "purpose": "Every workshop in the region knows the new tools; ten of them become regular customers.",
        }
    )
    for number, campaign in enumerate(campaigns):
        campaign.programme_id = programme
        steps(world, campaign)
        if campaign.date_end < world.today - datetime.timedelta(days=30) and number < len(LESSONS):
            close(world, campaign, *LESSONS[number])
    running = next(
        (campaign for campaign in campaigns if campaign.date_start <= world.today <= campaign.date_end), None
    )
    if running:
        voices(world, running)
        promotion(world, running)
    order(world, campaigns[-1])


def steps(world, campaign):
    days = (campaign.date_end - campaign.date_start).days
    for kind, name, first, last, planned in STEPS:
        start, end = (campaign.date_start + datetime.timedelta(days=round(days * part)) for part in (first, last))
        step = world.env["crm.campaign.activity"].create(
            {
                "campaign_id": campaign.id,
                "name": name,
                "kind": kind,
                "date_start": start,
                "date_end": end,
                "user_id": campaign.user_id.id,
                "planned_count": planned,
                "check_ids": [Command.create({"name": "List of people checked", "done": end < world.today})],
            }
        )
        if end < world.today:
            step._set_done(fields.Datetime.to_datetime(end) + datetime.timedelta(hours=15))
            step.reached = round(planned * world.rng.uniform(0.7, 1.05))
    if campaign.date_start <= world.today:
        approved = fields.Datetime.to_datetime(campaign.date_start) - datetime.timedelta(days=world.rng.randrange(2, 9))
        campaign.sudo().write(
            {"approval_state": "approved", "approved_date": approved, "approved_by_id": world.env.uid}
        )


def close(world, campaign, score, conclusion, lessons):
    wizard = world.env["crm.campaign.evaluate"].create(
        {
            "campaign_id": campaign.id,
            "score": score,
            "conclusion": conclusion,
            "line_ids": [Command.create({"kind": kind, "name": name}) for kind, name in lessons],
        }
    )
    wizard.action_close()


def voices(world, campaign):
    customers = world.env["res.partner"].search(
        [("customer_rank", ">", 0), ("is_company", "=", True)], limit=len(VOICES)
    )
    for customer, (opinion, channel, text) in zip(customers, VOICES, strict=False):
        world.env["crm.campaign.feedback"].create(
            {
                "campaign_id": campaign.id,
                "partner_id": customer.id,
                "opinion": opinion,
                "channel": channel,
                "text": text,
                "date": world.today - datetime.timedelta(days=3),
            }
        )


def promotion(world, campaign):
    """With the customer that is invoiced most: what is sold to it stands beside what was expected."""
    groups = world.env["account.move"]._read_group(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("company_id", "=", world.env.company.id)],
        ["commercial_partner_id"],
        ["amount_untaxed_signed:sum"],
        order="amount_untaxed_signed:sum desc",
        limit=1,
    )
    if not groups:
        return
    dealer, _amount = groups[0]
    world.env["crm.dealer.promotion"].create(
        {
            "name": f"Display at {dealer.name}",
            "campaign_id": campaign.id,
            "partner_id": dealer.id,
            "date_start": world.today - datetime.timedelta(days=30),
            "date_end": world.today,
            "budget": 800,
            "cost_expected": 700,
            "effect_expected": 3000,
            "discount_expected": 200,
            "margin_expected": 1500,
            "brand_before": 31,
            "brand_after": 38,
            "brand_date": world.today,
        }
    )


def order(world, campaign):
    """The stand of the campaign to come is ordered: its budget is committed."""
    supplier = world.env["res.partner"].search([("name", "=", names.SUPPLIERS_OF_SERVICES[-1])], limit=1)
    product = world.env["product.product"].search([("can_be_expensed", "=", True)], limit=1)
    if not supplier or not product:
        return
    purchase = world.env["purchase.order"].create(
        {
            "partner_id": supplier.id,
            "campaign_id": campaign.id,
            "order_line": [
                Command.create(
                    {"product_id": product.id, "name": "Stand and fees", "product_qty": 1, "price_unit": 1200}
                )
            ],
        }
    )
    purchase.button_confirm()
