"""Statements of account: the run of the month before last, sent; that of last month as a preview; one customer less."""

import datetime

from dateutil.relativedelta import relativedelta


def make(world):
    """No e-mail leaves the demonstration company: past statements are only marked as sent."""
    if not world.has("crm.statement.run"):
        return
    env = world.as_user("finance")
    company = env.company.root_id
    last = world.today.replace(day=1) - datetime.timedelta(days=1)
    before = last.replace(day=1) - datetime.timedelta(days=1)
    silent = env["crm.open.item"].sudo().search([("company_id", "=", company.id), ("residual", ">", 0)], limit=1)
    silent.partner_id.crm_statement_send = "none"
    run = env["crm.statement.run"].create(
        {"company_id": company.id, "date_from": before.replace(day=1), "date": before}
    )
    run._prepare()
    day = datetime.datetime.combine(before + relativedelta(days=3), datetime.time(7))
    lines = run.line_ids.filtered(lambda line: line.state == "draft")
    lines.write({"state": "sent", "date_sent": day})
    for line in lines[:1]:
        line._fail(env._("The mailbox is full"))
    run.state = "done"
    env["crm.statement.run"].create({"company_id": company.id}).action_prepare()
