"""Reminders: letters of two past weeks, some customers held out, and the preview of today that waits for finance."""

import datetime

WEEKS_AGO = (30, 16)


def make(world):
    """No e-mail leaves the demonstration company: past letters are only marked as sent."""
    if not world.has("crm.dunning.run"):
        return
    env = world.as_user("finance")
    company = env.company.root_id
    env["crm.dunning.strategy"].search([("company_id", "=", company.id)]).write(
        {"holdout_share": 10.0, "holdout_days": 7, "minimum_amount": 20.0}
    )
    for days in WEEKS_AGO:
        day = world.today - datetime.timedelta(days=days)
        run = env["crm.dunning.run"].create({"company_id": company.id})
        run._prepare(day)
        sent = datetime.datetime.combine(day, datetime.time(9))
        letters = run.letter_ids.filtered(lambda letter: letter.state == "draft")
        letters.write({"state": "sent", "date_sent": sent})
        for letter in letters[:1]:
            letter._fail(env._("The mailbox is full"))
        run.state = "done"
    env["crm.dunning.run"].create({"company_id": company.id}).action_prepare()
