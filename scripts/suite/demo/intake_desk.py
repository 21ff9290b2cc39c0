"""Intake: the telephone calls behind the tickets of the channel telephone, and some that were missed."""

import datetime

CALLS = 25
EXTENSION = "21"


def make(world):
    if not world.has("crm.call.log"):
        return
    agent = world.as_user("service").user
    agent.sudo().telephone_extension = EXTENSION
    tickets = world.env["crm.ticket"].search(
        [("channel", "=", "phone"), ("partner_id", "!=", False), ("company_id", "=", world.env.company.id)],
        order="date_open desc",
        limit=CALLS,
    )
    world.env["crm.call.log"].create(
        [_call(world, number, ticket, agent) for number, ticket in enumerate(tickets)]
        + [_missed(world, number, ticket, agent) for number, ticket in enumerate(tickets[:4])]
    )


def _call(world, number, ticket, agent):
    wait, talk = world.rng.randrange(4, 70), world.rng.randrange(60, 600)
    answered = ticket.date_open
    return {
        "call_id": f"demo-{number}",
        "company_id": ticket.company_id.id,
        "number": ticket.partner_id.phone or "+1 555 0100",
        "e164": ticket.partner_id.phone_sanitized,
        "extension": EXTENSION,
        "user_id": agent.id,
        "date_start": answered - datetime.timedelta(seconds=wait),
        "date_answer": answered,
        "date_end": answered + datetime.timedelta(seconds=talk),
        "state": "ended",
        "wait_seconds": wait,
        "talk_seconds": talk,
        "partner_id": ticket.partner_id.id,
        "match_count": 1,
        "ticket_id": ticket.id,
    }


def _missed(world, number, ticket, agent):
    start = ticket.date_open - datetime.timedelta(minutes=world.rng.randrange(5, 50))
    return {
        **_call(world, number, ticket, agent),
        "call_id": f"demo-missed-{number}",
        "date_start": start,
        "date_answer": False,
        "date_end": start + datetime.timedelta(seconds=40),
        "state": "missed",
        "wait_seconds": 0,
        "talk_seconds": 0,
        "ticket_id": False,
    }
