"""Collection: two collectors, promises kept, open and broken, disputes of several causes, today's worklist."""

import datetime

from odoo.exceptions import UserError, ValidationError

from . import credit_desk

CAUSES = ("quality_damaged", "price_list", "quantity_short", "delivery_late")


def make(world):
    """After the live months: what is overdue then is promised and disputed here."""
    if not world.has("crm.collection.task"):
        return
    env, finance = world.env, world.as_user("finance")
    env["crm.collector"].create({"user_id": finance.uid, "company_id": env.company.id, "capacity": 20})
    env.company.crm_credit_controller_id = finance.uid
    Task = env["crm.collection.task"]
    Task._refresh(env.company)
    tasks = Task.search([("company_id", "=", env.company.id), ("state", "=", "todo")], order="gain desc, id", limit=24)
    slow = credit_desk.slow_payers(world)
    for number, task in enumerate(tasks):
        try:
            with env.cr.savepoint():
                work(finance["crm.collection.task"].browse(task.id), number, task.partner_id in slow)
        except (UserError, ValidationError):
            continue
    env["crm.payment.promise"]._process_due(world.today)
    Task._refresh(env.company)


def work(task, number, is_slow):
    """One call in three ends with a promise, one in six with a dispute, one in six with nobody at home."""
    env = task.env
    if number % 3 == 0 and task.free_amount:
        context = task.action_promise()["context"]
        promise = env["crm.payment.promise"].create(
            {
                "partner_id": task.partner_id.id,
                "amount": context["default_amount"] / (1 if number % 2 else 2),
                "date": context["default_date"],
            }
        )
        if is_slow:
            # Made a fortnight ago, and not kept.
            day = promise.date_logged - datetime.timedelta(days=14)
            promise.sudo().write({"date_logged": day, "date": day + datetime.timedelta(days=7)})
    elif number % 6 == 1:
        lines = task.action_dispute()["context"]["default_line_ids"][:1]
        cause = env.ref(f"crm_finance_bridge.crm_dispute_cause_{CAUSES[number % len(CAUSES)]}")
        env["crm.dispute"].create(
            {
                "partner_id": task.partner_id.id,
                "cause_id": cause.id,
                "description": "Does not agree with the invoice.",
                "line_ids": lines,
            }
        )
    elif number % 6 == 2:
        task.action_no_answer()
