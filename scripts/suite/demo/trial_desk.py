"""Split tests (one with a winner, one undecided), an offer checked, price rewards, a loyalty club with members."""

import datetime

from odoo import Command

# name, hypothesis, measure, names of the cells, share a cell, holdout, days ago: drawn, decided; answers of each
# cell, effect to see in percent
TESTS = (
    (
        "Subject line with the price",
        "With the price in the subject line more customers click.",
        "click",
        ("Without the price", "With the price"),
        40,
        0,
        (45, 25),
        (0.08, 0.42),
        300,
    ),
    (
        "Short letter or long letter",
        "Half the text brings more answers.",
        "reply",
        ("Long letter", "Short letter"),
        45,
        10,
        (32, 4),
        (0.07, 0.1),
        60,
    ),
)
# name, basis, from, discount
REWARDS = (("Volume of the year", "volume", 20000, 2), ("Two years with us", "tenure", 2, 1.5))
MEMBERS = 24


def make(world):
    """After segments and consents: an offer asks for a segment, the club for people who agreed to mail."""
    if not world.has("crm.experiment"):
        return
    campaigns = [campaign for campaign, first, last in getattr(world, "campaigns", ()) if last < 30 <= first]
    for number, values in enumerate(TESTS):
        split_test(world, campaigns[number % len(campaigns)] if campaigns else None, *values)
    offer(world)
    rewards(world)
    club(world)


def split_test(world, campaign, name, hypothesis, metric, cells, share, holdout, days, answers, lift):
    env = world.as_user("marketing")
    start, stop = (moment(world, ago) for ago in days)
    test = env["crm.experiment"].create(
        {
            "name": name,
            "hypothesis": hypothesis,
            "metric": metric,
            "campaign_id": campaign.id if campaign else False,
            "audience_domain": repr([("customer_rank", ">", 0), ("is_company", "=", True)]),
            "holdout_share": holdout,
            "date_decision": stop,
            "base": 8,
            "lift": lift,
            "arm_ids": [
                Command.create({"name": cell, "share": share, "kind": "variant" if number else "control"})
                for number, cell in enumerate(cells)
            ],
        }
    )
    test._start(start)
    for arm, rate in zip(test.arm_ids.filtered(lambda arm: arm.kind in ("control", "variant")), answers, strict=True):
        arm.action_create_mailing()
        traces(env, arm, metric, round(arm.units * rate), start + datetime.timedelta(hours=3))
    test._decide(stop)
    if test.outcome == "winner":
        test.action_adopt()


def moment(world, ago):
    return datetime.datetime.combine(world.today - datetime.timedelta(days=ago), datetime.time(7, 30))


def traces(env, arm, metric, answers, sent):
    """The cell's mailing went out at `sent`; the first `answers` customers clicked or answered."""
    people = env["crm.experiment.member"].search([("arm_id", "=", arm.id)], order="id").partner_id
    rows = []
    for number, person in enumerate(people):
        answered = number < answers
        opened = sent + datetime.timedelta(hours=1 + number % 40) if answered or number % 3 == 0 else False
        rows.append(
            {
                "mass_mailing_id": arm.mailing_id.id,
                "model": "res.partner",
                "res_id": person.id,
                "email": person.email_normalized,
                "trace_status": "reply" if answered and metric == "reply" else "open" if opened else "sent",
                "sent_datetime": sent,
                "open_datetime": opened,
                "links_click_datetime": opened + datetime.timedelta(minutes=2)
                if answered and metric == "click"
                else False,
                "reply_datetime": opened + datetime.timedelta(hours=2) if answered and metric == "reply" else False,
            }
        )
    env["mailing.trace"].sudo().create(rows)
    arm.mailing_id.write({"state": "done", "sent_date": sent})


def offer(world):
    """Goods of which there is enough, to the segment that was told first."""
    env = world.as_user("marketing")
    segment = env["crm.segment"].search(
        [("company_id", "=", env.company.id), ("member_count", ">", 5)], order="id", limit=1
    )
    goods = env["product.product"].sudo().search([("is_storable", "=", True)], order="default_code")
    goods = goods.filtered(lambda product: product.free_qty >= 20)[:3]
    if not segment or not goods:
        return
    made = env["crm.offer"].create(
        {
            "name": f"Back to stock: {goods[0].name}",
            "date_start": world.today - datetime.timedelta(days=21),
            "date_end": world.today + datetime.timedelta(days=21),
            "timing_reason": "What was bought in spring is used up about now.",
            "price_kind": "discount",
            "discount": 8,
            "segment_id": segment.id,
            "product_ids": [Command.set(goods.ids)],
            "quantity": 10,
            "channel": "email",
        }
    )
    made.action_check()


def rewards(world):
    """Rules of the manager, and a quotation of today on which one of them is seen."""
    rules = world.as_user("manager")["crm.price.reward"].create(
        [
            {"name": name, "basis": basis, "threshold": threshold, "discount": discount}
            for name, basis, threshold, discount in REWARDS
        ]
    )
    [(customer, _amount)] = world.env["account.move"]._read_group(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("company_id", "=", rules.company_id.id)],
        ["commercial_partner_id"],
        ["amount_untaxed_signed:sum"],
        order="amount_untaxed_signed:sum desc",
        limit=1,
    ) or [(None, 0)]
    product = world.env["product.product"].search([("is_storable", "=", True)], order="default_code", limit=1)
    if customer and product:
        line = Command.create({"product_id": product.id, "product_uom_qty": 12})
        world.as_user("manager")["sale.order"].create({"partner_id": customer.id, "order_line": [line]})


def club(world):
    """Members who agreed to mail, recruited by salespeople; with points."""
    env = world.env
    allowed = env["crm.consent"].search([("channel", "=", "email"), ("state", "=", "given")], order="partner_id")
    people = (
        allowed.partner_id - env["crm.consent"].search([("channel", "=", "email"), ("state", "!=", "given")]).partner_id
    )
    program = env["loyalty.program"].search([("program_type", "=", "loyalty")], limit=1) or env[
        "loyalty.program"
    ].create({"name": "Workshop Club", "program_type": "loyalty", "company_id": env.company.id})
    sellers = [world.user("sales"), world.user("sales2"), world.user("assistant")]
    env["loyalty.card"].create(
        [
            {
                "program_id": program.id,
                "partner_id": person.id,
                "points": 10 * (number * 7 % 30),
                "crm_member_since": world.today - datetime.timedelta(days=number * 17 % 200),
                "crm_recruiter_id": sellers[number % len(sellers)].id,
            }
            for number, person in enumerate(people[:MEMBERS])
        ]
    )
