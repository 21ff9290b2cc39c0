"""What customers allow: agreements and refusals by channel, some withdrawn, a person who asked to be forgotten."""

from datetime import timedelta

from odoo import fields

SHARE = {"email": 0.6, "sms": 0.3, "call": 0.5, "letter": 0.4}


def make(world):
    if not world.has("crm.consent"):
        return
    env = world.env
    ledger = env["crm.consent"]
    people = env["res.partner"].search(
        [("customer_rank", ">", 0), ("is_company", "=", True), ("email_normalized", "!=", False)], limit=400, order="id"
    )
    start = world.today - timedelta(days=600)
    rows = []
    for number, person in enumerate(people):
        for index, (channel, share) in enumerate(SHARE.items()):
            # A fixed pattern instead of chance: the demo is the same every time.
            place = (number * 37 + index * 61) % 100 / 100
            day = start + timedelta(days=(number * 7 + index) % 560)
            base = {"partner_id": person.id, "channel": channel, "source": ("paper", "staff", "event")[number % 3]}
            stamp = f"{day:%Y-%m-%d} 09:{number % 60:02}:00"
            if place < share:
                rows.append({**base, "state": "given", "date": stamp})
                if number % 17 == 0:
                    later = f"{day + timedelta(days=30):%Y-%m-%d} 10:00:00"
                    rows.append({**base, "state": "withdrawn", "date": later, "source": "portal"})
            elif place > 0.9:
                rows.append({**base, "state": "refused", "date": stamp})
    if not rows:
        return
    ledger.create(rows)
    if world.has("crm.contact.habit"):
        env.company.crm_mail_baseline = max(len(people) // 10, 1)
        now = fields.Datetime.now()
        env["crm.touch.feed"]._process_feed(now)
        env["crm.contact.habit"]._learn(env.company, now)
        env["crm.privacy.request"]._ask(people[-1:], "export", "portal")
