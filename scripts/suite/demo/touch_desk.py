"""Touches: a mailing of a campaign with answers, a call list half called, a web form with submissions, a flow tried."""

import datetime

from odoo import Command

RECIPIENTS, CALLS = 60, 16
RESULTS = ("interested", "refused", "no_answer", "reached", "call_back", "ordered")


def make(world):
    if not world.has("crm.touch") or not getattr(world, "campaigns", None):
        return
    env = world.env
    campaign = next((found for found, first, last in world.campaigns if last < 0 < first), world.campaigns[0][0])
    customers = env["res.partner"].search(
        [("parent_id", "=", False), ("is_company", "=", True), ("customer_rank", ">", 0), ("email", "!=", False)],
        order="id",
        limit=RECIPIENTS,
    )
    now = world.clock.now.replace(microsecond=0, tzinfo=None)
    sent = mailing(world, env, campaign, customers, now, "our offer")
    calls = _calls(world, env, campaign, customers)
    _form(env, campaign, customers, now)
    env["crm.touch.feed"]._process_feed(now)
    _flow(world, env, campaign, sent, calls, customers)


def mailing(world, env, campaign, customers, now, what):
    """A mailing that went out in the days before `now`, with opens and answers."""
    made = env["mailing.mailing"].create(
        {
            "subject": f"{campaign.title}: {what}",
            "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            "campaign_id": campaign.id,
            "user_id": world.as_user("marketing").user.id,
        }
    )
    traces = []
    for customer in customers:
        sent = now - datetime.timedelta(days=world.rng.randrange(3, 12), minutes=world.rng.randrange(600))
        opened = sent + datetime.timedelta(minutes=world.rng.randrange(5, 2000))
        luck = world.rng.random()
        traces.append(
            {
                "mass_mailing_id": made.id,
                "model": "res.partner",
                "res_id": customer.id,
                "email": customer.email_normalized,
                "trace_status": "reply" if luck < 0.05 else "open" if luck < 0.4 else "sent",
                "sent_datetime": sent,
                "open_datetime": opened if luck < 0.4 else False,
                "reply_datetime": opened + datetime.timedelta(hours=3) if luck < 0.05 else False,
            }
        )
    env["mailing.trace"].create(traces)
    made.write({"state": "done", "sent_date": now - datetime.timedelta(days=3)})
    return made


def _calls(world, env, campaign, customers):
    ids = customers.filtered("phone")[:CALLS].ids
    agent = world.as_user("marketing").user
    calls = env["crm.call.list"].create(
        {
            "name": f"{campaign.title}: who did not answer",
            "campaign_id": campaign.id,
            "user_id": agent.id,
            "agent_ids": [Command.set(agent.ids)],
            "domain": repr([("id", "in", ids)]),
            "script": "<p>Good morning, I call about our offer. May I tell you in two minutes what is new?</p>",
        }
    )
    calls.action_fill()
    if not calls.line_ids:
        return calls
    calls._deal()
    calls.state = "running"
    now = world.clock.now.replace(microsecond=0, tzinfo=None)
    for number, line in enumerate(calls.line_ids[: CALLS // 2]):
        line._set_result(RESULTS[number % len(RESULTS)], now - datetime.timedelta(hours=number))
    return calls


def _form(env, campaign, customers, now):
    form = env["crm.web.form"].create(
        {
            "name": "Ask for a visit",
            "campaign_id": campaign.id,
            "intro": "<p>We come to you and show what is new.</p>",
            "is_published": True,
        }
    )
    entries = env["crm.web.form.entry"]
    for number, customer in enumerate(customers[-3:]):
        values = {"name": customer.name, "email": customer.email, "message": "Please call me.", "agreed": number == 0}
        entries._submit(form, values, now - datetime.timedelta(days=number), proof="demo", person=customer)


def _flow(world, env, campaign, sent, calls, customers):
    draft = sent.copy({"subject": "Thank you for your interest"})
    flow = env["crm.flow"].create(
        {
            "name": "After the web form",
            "campaign_id": campaign.id,
            "user_id": world.as_user("marketing").user.id,
            "trigger": "form",
            "step_ids": [
                Command.create({"sequence": 1, "kind": "mailing", "mailing_id": draft.id}),
                Command.create({"sequence": 2, "kind": "wait", "number": 3}),
                Command.create({"sequence": 3, "kind": "condition", "condition": "no_touch", "touch_kind": "order"}),
                Command.create({"sequence": 4, "kind": "call", "list_id": calls.id}),
            ],
            "test_partner_id": customers[0].id,
        }
    )
    flow.action_try()
