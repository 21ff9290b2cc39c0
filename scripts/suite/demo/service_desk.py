"""Service: customers complain about delivered lines; agents answer, solve, take goods back or credit them."""

import datetime

from . import shapes

# subject, category (external id), what the customer writes
COMPLAINTS = (
    ("Arrived damaged", "defect", "The outer carton is crushed and the goods inside are dented."),
    ("Wrong quantity in the box", "delivery", "We counted twice; there are fewer pieces than on your note."),
    ("How is it mounted?", "question", "Please send us the instructions."),
    ("Price differs from the offer", "dispute", "The invoice shows a higher price than your quotation."),
    ("Stopped working after a week", "defect", "The motor gets hot and switches off."),
    ("When does the rest come?", "delivery", "Part of our order is missing. When will it be shipped?"),
    ("Safety data sheet", "question", "Our inspector asks for the data sheet."),
)
CONTENT = {
    "defect": "Photo checked, replacement agreed with the warehouse.",
    "delivery": "Delivery note compared with the order, the rest announced.",
    "question": "Instructions and data sheet sent.",
    "dispute": "Price compared with the offer, difference explained.",
}
CAUSES = {"defect": "product", "delivery": "picking", "question": "information", "dispute": "invoice"}
CHANNELS = ("email", "phone", "phone", "portal", "visit")
ANSWERS = ("Thank you. We look into it and come back to you today.", "We have asked our warehouse and call you back.")
TICKET_RATE = 0.3  # tickets a shipped order


def watching(world):
    """Once a day: some of the orders shipped lately bring a ticket."""
    seen = set()

    def work():
        since = world.clock.now - datetime.timedelta(days=6)
        pickings = world.env["stock.picking"].search(
            [("picking_type_code", "=", "outgoing"), ("state", "=", "done"), ("date_done", ">=", since)], order="id"
        )
        for picking in pickings.filtered(lambda one: one.id not in seen):
            seen.add(picking.id)
            if picking.sale_id and world.rng.random() < TICKET_RATE:
                world.diary.add(ticket_story(world, picking), world.clock.now)

    return work


def ticket_story(world, picking):
    rng = world.rng
    yield world.clock.now + datetime.timedelta(hours=rng.randrange(1, 5), minutes=rng.randrange(60))
    env = world.as_user("service")
    subject, category, text = rng.choice(COMPLAINTS)
    line = rng.choice(picking.sale_id.order_line.filtered("qty_delivered"))
    action = env["sale.order.line"].browse(line.id).action_new_crm_ticket()
    ticket = (
        env["crm.ticket"]
        .with_context(**action.get("context", {}))
        .create(
            {
                "name": subject,
                "description": text,
                "category_id": env.ref(f"crm_service.crm_ticket_category_{category}").id,
                "channel": rng.choice(CHANNELS),
                "priority": rng.choice("01112"),
                "sale_order_line_id": line.id,
                "quantity": min(line.qty_delivered, shapes.draw_count(rng, shapes.QUANTITY)),
            }
        )
    )
    if rng.random() < 0.12:
        return  # nobody takes it
    yield world.clock.now + datetime.timedelta(hours=rng.choice((0.4, 1, 2, 3, 7, 22)))
    ticket.action_take()
    ticket.message_post(body=rng.choice(ANSWERS), message_type="comment", subtype_xmlid="mail.mt_comment")
    if rng.random() < 0.3:
        ticket.stage_id = env.ref("crm_service.crm_ticket_stage_waiting")
        yield world.clock.now + datetime.timedelta(days=rng.uniform(1, 4))
        if rng.random() < 0.3:
            return  # still waiting for the customer
        ticket.stage_id = env.ref("crm_service.crm_ticket_stage_open")
    yield world.clock.now + datetime.timedelta(days=rng.uniform(0.3, 5))
    record_service(world, ticket, category)
    ticket.action_solve()
    yield world.clock.now + datetime.timedelta(days=rng.uniform(2, 6))
    if rng.random() < 0.7:
        ticket.stage_id = env.ref("crm_service.crm_ticket_stage_closed")


def record_service(world, ticket, category):
    """What the gate before closing asks for: service content with its time, effect and root cause."""
    env = ticket.env
    if "service_effect" not in ticket._fields:
        return
    # From the ticket's number, so that the year's other chances stay as they are.
    kind, minutes = (("call", 15), ("remote", 25), ("answer", 10), ("workshop", 60))[ticket.id % 4]
    env["crm.ticket.work"].create(
        {
            "ticket_id": ticket.id,
            "kind": kind,
            "minutes": minutes + ticket.id % 7,
            "content": CONTENT[category],
            "effect": "solved",
        }
    )
    cause = env.ref(f"crm_service.crm_root_cause_{CAUSES[category]}")
    ticket.write({"service_effect": "workaround" if ticket.id % 9 == 0 else "solved", "root_cause_id": cause.id})
    # The breach job does not run in the story: what is late by now is written down here.
    ticket._sla_refresh(world.clock.now)
    if ticket.sla_state == "breached" and "breach_cause_id" in ticket._fields:
        ticket.breach_cause_id = env["crm.breach.cause"].search([], limit=4)[ticket.id % 4]


def prepare(world):
    """The agents' team."""
    team = world.env.ref("crm_service.crm_service_team_default")
    agent, manager = world.user("service"), world.user("manager")
    team.write({"user_id": manager.id, "member_ids": [(6, 0, (agent | manager).ids)]})
