"""Paths to the sale: campaigns that ran were mailed to later buyers, one had a fair; the credit is shared."""

import datetime

from . import touch_desk

READERS, LATER_DAYS = 40, 45
VISITORS = 3  # every third reader comes to the fair


def make(world):
    """After the touches: mailings of the campaigns past stand before orders and invoices that collected money."""
    if not world.has("crm.attribution") or not getattr(world, "campaigns", None):
        return
    env = world.env
    for campaign, first, last in world.campaigns:
        if last > 0:
            start = world.today - datetime.timedelta(days=first)
            customers = buyers(env, start)
            moment = datetime.datetime.combine(start, datetime.time(16)) + datetime.timedelta(days=12)
            touch_desk.mailing(world, env, campaign, customers, moment, "an invitation")
            if "fair" in campaign.title:
                fair(env, campaign, customers[::VISITORS], moment)
    env["crm.touch.feed"]._process_feed(datetime.datetime.now().replace(microsecond=0))
    env["crm.attribution"]._process_company(env.company)


def buyers(env, start):
    """Customers with an address who were invoiced most in the weeks after a campaign's first days."""
    groups = env["account.move"]._read_group(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("company_id", "=", env.company.id),
            ("invoice_date", ">", start + datetime.timedelta(days=10)),
            ("invoice_date", "<=", start + datetime.timedelta(days=LATER_DAYS)),
        ],
        ["commercial_partner_id"],
        ["amount_untaxed_signed:sum"],
        order="amount_untaxed_signed:sum desc",
        limit=READERS,
    )
    return env["res.partner"].union(*(customer for customer, _sum in groups)).filtered("email_normalized")


def fair(env, campaign, customers, moment):
    """The campaign's event, with visitors registered on its days; it sends nothing."""
    event = env["event.event"].create(
        {
            "name": campaign.title,
            "date_begin": moment,
            "date_end": moment + datetime.timedelta(days=1),
            "event_mail_ids": [],
        }
    )
    registered = {"event_id": event.id, "state": "open", "utm_campaign_id": campaign.id}
    env.flush_all()
    env.cr._now = moment  # registered then, not today
    visitors = env["event.registration"].create([{**registered, "partner_id": customer.id} for customer in customers])
    env.flush_all()
    env.cr._now = None
    visitors.write({"state": "done"})
