"""Answers: solutions used on the tickets of the desk, standard questions, routes, mails answered by themselves."""

from odoo import fields

# problem, symptoms, answer, category (external id), subjects of tickets on which it was used
SOLUTIONS = (
    (
        "Goods arrived damaged",
        "carton crushed\ngoods dented or broken on arrival",
        "<p>Please send a photo of the carton and the goods. We send the replacement with the next delivery.</p>",
        "defect",
        "Arrived damaged",
    ),
    (
        "Fewer pieces in the box than on the delivery note",
        "wrong quantity\nwe counted twice, pieces are missing",
        "<p>Please tell us the number on the label of the box. The missing pieces leave our warehouse tomorrow.</p>",
        "delivery",
        "Wrong quantity in the box",
    ),
    (
        "How the product is mounted",
        "instructions are missing\nhow is it mounted",
        "<p>The instructions are attached. Two people need about an hour.</p>",
        "question",
        "How is it mounted?",
    ),
)
QUESTIONS = (
    (
        "What are your opening hours?",
        "opening hours\nwhen are you open",
        "{salutation},</p><p>Monday to Friday, 8 to 5.",
    ),
    ("Where do I find the safety data sheet?", "safety data sheet", "{salutation},</p><p>It is on the portal."),
)
MAILS = ("Where is my order?", "Opening hours", "What is our balance?", "Order status please")


def make(world):
    if not world.has("crm.solution"):
        return
    solutions(world)
    questions(world)
    now = fields.Datetime.now()
    mails(world, now)
    env = world.env
    env["crm.classifier"]._process_training(env["crm.service.team"].search([]), now)
    env["crm.solution.use"]._process_outcomes(now)
    env["crm.solution.gap"]._process_gaps(env.company, now)


def solutions(world):
    env = world.env
    for name, symptom, answer, category, subject in SOLUTIONS:
        solution = env["crm.solution"].create(
            {
                "name": name,
                "symptom": symptom,
                "answer": answer,
                "category_ids": env.ref(f"crm_service.crm_ticket_category_{category}").ids,
                "portal_visible": True,
            }
        )
        solution.action_approve()
        tickets = env["crm.ticket"].search([("name", "=", subject)], order="id", limit=12)
        env["crm.solution.use"].create(
            [
                {"ticket_id": ticket.id, "solution_id": solution.id, "vote": ("yes", "yes", "no", False)[number % 4]}
                for number, ticket in enumerate(tickets)
            ]
        )
    env["crm.solution"].create(
        {"name": "The motor gets hot", "answer": "<p>Under review.</p>", "user_id": world.user("service").id}
    ).action_submit()


def questions(world):
    env = world.env
    env["crm.standard.question"].create(
        [
            {"name": name, "phrases": phrases, "answer": f"<p>{answer}</p>", "state": "approved", "automatic": True}
            for name, phrases, answer in QUESTIONS
        ]
    )
    env["crm.reply.template"].create(
        {"name": "We need a photo", "body": "<p>{salutation},</p><p>please send us a photo for {number}.</p>"}
    )
    automatic = {"handling": "automatic", "company_id": env.company.id}
    env["crm.answer.route"].create(
        [
            {**automatic, "name": "Order status", "keywords": "order status\nwhere order", "answer_kind": "order"},
            {**automatic, "name": "Balance", "keywords": "balance", "answer_kind": "balance"},
            {**automatic, "name": "Standard questions", "keywords": "opening hours", "answer_kind": "question"},
        ]
    )


def mails(world, now):
    """One mail each of customers with open orders; the last one is answered by the customer once more."""
    env = world.env
    orders = env["sale.order"].search([("state", "=", "sale"), ("partner_id.email", "!=", False)], order="id desc")
    partners = orders.partner_id.commercial_partner_id.filtered("email")[: len(MAILS)]
    team = env["crm.service.team"].search([("company_id", "=", env.company.id)], limit=1)
    for subject, partner in zip(MAILS, partners, strict=False):
        ticket = env["crm.ticket"].message_new(
            {"subject": subject, "body": "<p>Thank you.</p>", "author_id": partner.id, "email_from": partner.email},
            {"team_id": team.id, "partner_email": partner.email},
        )
        ticket._process_automatic(now)
