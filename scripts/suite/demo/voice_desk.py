"""Voice of the customer: rated tickets over the months, complaints with causes, a panel of two waves, a baseline."""

import datetime

from odoo import Command, fields

TICKETS = 120
# What customers say improves over the months: the worst first.
WORDS = {1: "Nobody called back.", 2: "It took too long.", 3: "", 4: "Good, thank you.", 5: "Quick and friendly!"}
QUESTIONS = (
    ("How warm do you feel about us?", {"crm_measure": "temperature"}),
    ("What do you think of our name?", {"crm_measure": "brand"}),
    ("Would you buy from us again?", {"crm_measure": "repurchase"}),
    (
        "Do we keep you informed before you buy?",
        {"crm_measure": "care", "crm_care_variable": "communication", "crm_care_stage": "before"},
    ),
    (
        "Do we look after you once you have bought?",
        {"crm_measure": "care", "crm_care_variable": "relations", "crm_care_stage": "after", "crm_aspect": "service"},
    ),
)
COMPLAINTS = (
    ("Box was open", "logistics", "letter"),
    ("Wrong label on the carton", "logistics", "email"),
    ("Manual only in English", "marketing", "email"),
    ("Handle came off", "production", "phone"),
)


def make(world):
    """After the scorecards: major customers are known."""
    if not world.has("crm.feedback"):
        return
    ratings(world)
    complaints(world)
    panel(world)
    touchpoints(world)


def ratings(world):
    """The customers of solved tickets answered, the later the better."""
    env, rng = world.env, world.rng
    tickets = env["crm.ticket"].search(
        [("date_solved", "!=", False), ("partner_id", "!=", False)], limit=TICKETS, order="date_solved"
    )
    for number, ticket in enumerate(tickets):
        if rng.random() < 0.4:
            continue
        value = min(5, max(1, round(rng.gauss(3.3 + 1.2 * number / max(1, len(tickets)), 0.9))))
        rating = env["rating.rating"].create(
            {
                "res_model_id": env["ir.model"]._get_id("crm.ticket"),
                "res_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "rated_partner_id": ticket.user_id.partner_id.id,
                "rating": value,
                "feedback": WORDS[value],
                "consumed": True,
            }
        )
        rating.rated_on = ticket.date_solved + datetime.timedelta(days=1)
    if tickets:
        first = fields.Date.to_date(tickets[0].date_solved)
        env["crm.satisfaction.baseline"].create(
            {"date_from": first, "date_to": first + datetime.timedelta(days=60), "value": 3.4, "rate": 55.0}
        )
    env["crm.rating.request"]._process_requests()


def complaints(world):
    agent = world.as_user("service")
    lines = world.env["sale.order.line"].search([("qty_delivered", ">", 0)], limit=60, order="id desc")
    for number, line in enumerate(lines[::7]):
        subject, department, channel = COMPLAINTS[number % len(COMPLAINTS)]
        feedback = agent["crm.feedback"].create(
            {
                "name": subject,
                "contact_id": line.order_id.partner_id.id,
                "product_id": line.product_id.id,
                "department": department,
                "channel": channel,
                "situation": f"{subject}, order {line.order_id.name}.",
                "impact": "Had to be handled twice.",
                "wish": "A credit note and better packing.",
            }
        )
        if number % 3:
            feedback.action_follow_up()
        if number % 3 == 2:
            feedback.write({"reply_channel": channel, "outcome": "recovered"})
            feedback.action_done()


def panel(world):
    """A panel asked twice; the temperature rises."""
    env, rng = world.env, world.rng
    survey = env["survey.survey"].create(
        {
            "title": "Customer panel",
            "question_and_page_ids": [
                Command.create({"title": title, "question_type": "scale", "scale_min": 1, "scale_max": 5, **values})
                for title, values in QUESTIONS
            ],
        }
    )
    made = env["crm.panel"].create({"name": "Customer panel", "survey_id": survey.id})
    made._add_members(env["res.partner"]._search([("customer_rank", ">", 0), ("email", "!=", False)], limit=200))
    now = fields.Datetime.now()
    for days, warmth in ((100, 3.2), (9, 4.0)):
        wave = made._start_wave(now - datetime.timedelta(days=days))
        asked = env["survey.user_input"].search([("crm_wave_id", "=", wave.id)])
        for answer in asked[::3]:
            for question in survey.question_ids:
                answer._save_lines(question, str(min(5, max(1, round(rng.gauss(warmth, 0.8))))))
        when = wave.date + datetime.timedelta(days=2)
        asked[::3].write({"state": "done", "start_datetime": when, "end_datetime": when})
        asked.write({"crm_invited": wave.date})


def touchpoints(world):
    env, rng = world.env, world.rng
    agent = world.as_user("service")
    contacts = env["res.partner"].search([("customer_rank", ">", 0)], limit=40)
    agent["crm.touch.rating"].create(
        [
            {
                "contact_id": contact.id,
                "touchpoint": ("phone", "visit", "delivery")[number % 3],
                "rating": rng.randrange(2, 6),
                "named": "yes" if rng.random() < 0.3 else "no",
            }
            for number, contact in enumerate(contacts)
        ]
    )
