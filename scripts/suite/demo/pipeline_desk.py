"""The pipeline: gates that the stories pass, a snapshot every night, questions answered, proposals under way."""

import datetime

QUESTIONS = (
    ("Is there a budget?", 3, (("Approved", 100), ("Planned", 60), ("None", 0))),
    ("Do we talk to who decides?", 2, (("Yes", 100), ("Through others", 50), ("Unknown", 0))),
    ("Is there a date by which it is needed?", 1, (("Within three months", 100), ("Later", 40), ("None", 0))),
)
PROPOSALS = 4
LARGE = 9000.0


def prepare(world):
    """Settings, gates and questions; the stories of the sales desk bring what the gates ask for."""
    env = world.env
    if not world.has("crm.stage.gate"):
        return
    env.company.crm_hygiene_idle_days = 14
    facts = [(0, 0, {"field_name": name}) for name in ("partner_id", "expected_revenue")]
    env["crm.stage.gate"].create(
        [
            {"stage_id": env.ref("crm.stage_lead3").id, "fact_ids": facts, "quotation": "exists"},
            {"stage_id": env.ref("crm.stage_lead4").id, "quotation": "confirmed"},
        ]
    )
    env["crm.qualification.criterion"].create(
        [
            {
                "name": name,
                "weight": weight,
                "sequence": number,
                "level_ids": [(0, 0, {"name": answer, "points": points}) for answer, points in answers],
            }
            for number, (name, weight, answers) in enumerate(QUESTIONS)
        ]
    )


def night(world):
    """What is done every night: the snapshot of the day."""
    snapshot = world.env["crm.pipeline.snapshot"] if world.has("crm.pipeline.snapshot") else None

    def work():
        if snapshot is not None:
            snapshot._take(world.clock.now.date(), world.clock.now.date())

    return work


def make(world):
    """After the last day: answers, proposals, referrals, medians and the baseline."""
    env, rng = world.env, world.rng
    if not world.has("crm.proposal"):
        return
    deals = env["crm.lead"].search([("type", "=", "opportunity"), ("won_status", "=", "pending")], order="id")
    for deal in deals:
        if rng.random() < 0.6:
            deal.action_qualify()
            for answer in deal.qualification_answer_ids:
                answer.level_id = rng.choice(answer.criterion_id.level_ids)
    offered = deals.filtered(lambda deal: any(order.state == "sent" for order in deal.order_ids))
    for deal in offered[:PROPOSALS]:
        proposal = env["crm.proposal"].with_user(deal.user_id)._next_version(deal)
        # Not by the button: its PDF needs a running server.
        proposal.write({"state": "sent", "date_sent": proposal.order_id.write_date})
    for proposal in offered[:1].proposal_ids:
        env["crm.proposal"].with_user(proposal.user_id)._next_version(proposal.lead_id)
    friends = env["res.partner"].search([("customer_role", "!=", False)], limit=5, order="id")
    closed = env["crm.lead"].with_context(active_test=False).search([("won_status", "!=", "pending")], order="id")
    for number, deal in enumerate(closed[::3]):
        deal.referrer_id = friends[number % len(friends)] if friends else False
    env.company.crm_large_deal_amount = LARGE
    env["crm.large.deal.notice"]._process(datetime.datetime.now().replace(microsecond=0))
    env["crm.stage.pace"]._refresh()
    env["crm.pipeline.snapshot"]._run(world.today)
    env.company.write(
        {
            "crm_baseline_from": world.today - datetime.timedelta(days=120),
            "crm_baseline_to": world.today - datetime.timedelta(days=60),
        }
    )
    if env["crm.deal.result"].search_count(
        [("date", ">=", env.company.crm_baseline_from), ("date", "<=", env.company.crm_baseline_to)], limit=1
    ):
        env.company._crm_measure_baseline()
