"""After sales: returns at every step, a recall half answered, care calls, announced delays, what was given."""

from odoo import fields
from odoo.exceptions import UserError

RETURNS = 8
ANSWERS = ("return", "used", "returned", "passed")


def make(world):
    """After the scorecards: care and recovery follow the classes."""
    if not world.has("crm.return"):
        return
    env = world.env
    returns(world)
    recall(world)
    now = fields.Datetime.now()
    env["crm.delivery.notice"]._process_notices(now)
    care(world, now)
    recovery(world)


def returns(world):
    """The first tickets about defects: one return each, stopped at another step."""
    env, agent = world.env, world.as_user("service")
    reasons = env["crm.return.reason"].search([])
    tickets = env["crm.ticket"].search(
        [("category_kind", "=", "defect"), ("picking_id", "!=", False), ("sale_order_line_id", "!=", False)],
        limit=RETURNS,
        order="id",
    )
    for number, ticket in enumerate(tickets):
        try:
            with env.cr.savepoint():
                back = propose(agent["crm.ticket"].browse(ticket.id), reasons[number % len(reasons)], number)
                walk(back, number)
        except UserError:
            continue


def propose(ticket, reason, number):
    context = ticket.action_new_return()["context"]
    wanted = ("refund", "exchange", "repair")[number % 3]
    values = {name.removeprefix("default_"): value for name, value in context.items()}
    return ticket.env["crm.return"].create({**values, "reason_id": reason.id, "wanted": wanted})


def walk(back, number):
    """Go so many steps: 0 proposed, 1 asked for, 2 received, 3 inspected, more: settled."""
    if not number:
        return
    back.action_submit()
    back = back.sudo()
    if back.state == "approval" and number > 1:
        back.action_approve()
    if number < 2 or back.state != "approved":
        return
    back.receipt_id.move_ids.picked = True
    back.receipt_id.button_validate()
    if number < 3 or back.state != "received":
        return
    back.line_ids.action_all_bad()
    if back.wanted == "repair":
        back.line_ids.disposition = "repair"
    back.action_inspected()
    if number > 3:
        {"refund": back.action_refund, "exchange": back.action_replace}.get(back.wanted, back.action_finish)()


def recall(world):
    env = world.env
    product = (
        env["stock.move"]
        .search([("state", "=", "done"), ("sale_line_id", "!=", False)], limit=1, order="id desc")
        .product_id
    )
    if not product:
        return
    record = env["crm.recall"].create(
        {
            "name": f"Screws of {product.name} may loosen",
            "product_ids": [(6, 0, product.ids)],
            "reason": "The vendor used the wrong thread in spring.",
            "message": "<p>Please check the four screws. We replace every piece that is loose, free of charge.</p>",
        }
    )
    record.action_find()
    record.action_inform()
    for number, line in enumerate(record.line_ids.filtered("ticket_id")[::2]):
        line.answer = ANSWERS[number % len(ANSWERS)]


def care(world, now):
    env = world.env
    env["crm.care.rule"].search([]).write({"user_ids": [(6, 0, world.user("service").ids)], "customers": "all"})
    env["crm.care.action"]._process_plan(now)
    due = env["crm.care.action"].search([("state", "=", "open"), ("date", "<=", now.date())], limit=6)
    for number, action in enumerate(due.with_user(world.user("service"))):
        (action.action_satisfied, action.action_not_reached, action.action_order)[number % 3]()


def recovery(world):
    env, agent = world.env, world.as_user("service")
    tickets = env["crm.ticket"].search([("category_kind", "in", ("defect", "delivery"))], limit=6, order="id desc")
    for number, ticket in enumerate(tickets):
        options = agent["crm.ticket"].browse(ticket.id).recovery_option_ids
        option = options[number % len(options)] if options else options
        if option:
            amount = 0 if option.kind == "apology" else 20 + 15 * number
            agent["crm.recovery.use"].create(
                {"ticket_id": ticket.id, "option_id": option.id, "amount": amount}
            ).action_give()
