"""Paths to the sale: each campaign that ran was mailed to customers who bought afterwards; the credit is shared."""

import datetime

from . import touch_desk

READERS, LATER_DAYS = 40, 45


def make(world):
    """After the touches: mailings of the campaigns past stand before orders and invoices that collected money."""
    if not world.has("crm.attribution") or not getattr(world, "campaigns", None):
        return
    env = world.env
    for campaign, first, last in world.campaigns:
        if last > 0:
            mail(world, campaign, world.today - datetime.timedelta(days=first))
    env["crm.touch.feed"]._process_feed(datetime.datetime.now().replace(microsecond=0))
    env["crm.attribution"]._process_company(env.company)


def mail(world, campaign, start):
    """A mailing in the campaign's first days, to the customers invoiced most in the weeks that followed."""
    env = world.env
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
    customers = env["res.partner"].union(*(customer for customer, _sum in groups)).filtered("email_normalized")
    if customers:
        moment = datetime.datetime.combine(start, datetime.time(16)) + datetime.timedelta(days=12)
        touch_desk.mailing(world, env, campaign, customers, moment, "an invitation")
