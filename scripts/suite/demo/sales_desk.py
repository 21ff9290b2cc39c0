"""Salespeople and their assistant: leads, opportunities, quotations, orders."""

import datetime

from odoo.exceptions import UserError

from . import credit_desk, marketing_desk, names, shapes

NEEDS = (
    "Refit of the store rooms",
    "Yearly frame order for consumables",
    "New branch, first equipment",
    "Replacement of power tools",
    "Safety equipment for the season",
    "Switch from another supplier",
    "Packaging for the autumn business",
    "Lighting of the workshop",
    "Trial order cleaning goods",
)
LOST = ("crm.lost_reason_1", "crm.lost_reason_2", "crm.lost_reason_3")
LIVE_LINES = 9  # highest number of lines typed for one live order; history has the long ones


def later(world, low, high, hour=None):
    """A moment `low` to `high` days from now, in office hours of a working day."""
    moment = world.clock.now + datetime.timedelta(days=world.rng.uniform(low, high))
    moment = moment.replace(hour=hour or world.rng.randrange(8, 17), minute=world.rng.randrange(60))
    while moment.weekday() > 4:
        moment += datetime.timedelta(days=1)
    return max(moment, world.clock.now)


def order_lines(world):
    count = min(LIVE_LINES, 1 + shapes.draw_count(world.rng, shapes.LINES) // 3)
    return [
        (0, 0, {"product_id": product.id, "product_uom_qty": shapes.draw_count(world.rng, shapes.QUANTITY)})
        for product in world.rng.sample(world.goods, count)
    ]


def opportunity(world, number, customer):
    """From a lead to an order, or to the reason why not."""
    rng = world.rng
    seller = customer.user_id
    env = world.env(user=seller.id)
    known = rng.random() < 0.6
    values = {
        "name": NEEDS[number % len(NEEDS)],
        "type": "opportunity" if known else "lead",
        "user_id": seller.id,
        "expected_revenue": round(rng.triangular(400, 12000, 1800), -2),
        "priority": rng.choice("0112"),
    }
    if known:
        values["partner_id"] = customer.id
    else:
        company, person = names.company_names(rng, 1)[0], names.person(rng)
        values |= {
            "partner_name": company,
            "contact_name": person,
            "email_from": f"{person.split()[0].lower()}@{names.web_domain(company)}",
            "phone": names.telephone(rng, "us"),
            "country_id": world.env.ref("base.us").id,
        }
    values |= marketing_desk.values(world, marketing_desk.LEAD_RATE)
    lead = env["crm.lead"].create(values)
    yield later(world, 1, 6)
    if not known:
        if rng.random() < 0.25:
            return  # stays a lead that nobody answered
        lead.convert_opportunity(False, user_ids=seller.ids)
        lead._handle_partner_assignment(create_missing=True)
        customer = lead.partner_id
    plan_activity(world, env, lead)
    yield later(world, 1, 8)
    lead.stage_id = env.ref("crm.stage_lead2")
    lead.date_deadline = (world.clock.now + datetime.timedelta(days=rng.randrange(10, 60))).date()
    yield later(world, 2, 12)
    order = quotation(world, env, lead)
    lead.stage_id = env.ref("crm.stage_lead3")
    yield later(world, 1, 4)
    order.action_quotation_sent()
    yield later(world, 4, 24)
    if rng.random() > shapes.WON_RATE:
        order._action_cancel()
        lead.action_set_lost(lost_reason_id=env.ref(rng.choice(LOST)).id)
        return
    if not confirm(world, order):
        yield from credit_desk.held(world, order)
    if order.state == "sale":
        lead.action_set_won()


def quotation(world, env, lead):
    """Made from the opportunity as its button does: customer, campaign, team and seller come from there."""
    context = lead._prepare_opportunity_quotation_context()
    return env["sale.order"].with_context(**context).create({"order_line": order_lines(world)})


def confirm(world, order):
    """Confirm as the seller; say whether it went through. An order on credit hold stays a quotation."""
    try:
        with world.env.cr.savepoint():
            order.action_confirm()
    except UserError:
        return False
    return True


def plan_activity(world, env, lead):
    if world.rng.random() < 0.5:
        lead.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=(world.clock.now + datetime.timedelta(days=world.rng.randrange(1, 10))).date(),
            summary="Ask about quantities and delivery dates",
            user_id=lead.user_id.id,
        )


def reorder(world, customer):
    """A known customer's order by telephone, fax or mail, typed by the sales assistant."""
    env = world.as_user("assistant")
    values = {
        "partner_id": customer.id,
        "order_line": order_lines(world),
        "client_order_ref": customer_reference(world),
    }
    if world.rng.random() < 0.6:
        wish = world.clock.now + datetime.timedelta(days=world.rng.randrange(1, 15))
        values["commitment_date"] = wish.replace(hour=12, minute=0)
    values |= marketing_desk.values(world, marketing_desk.ORDER_RATE)
    order = env["sale.order"].create(values)
    yield later(world, 0.02, 3)
    if world.rng.random() < 0.9 and not confirm(world, order):
        yield from credit_desk.held(world, order)


def customer_reference(world):
    return f"PO-{world.rng.randrange(1000, 9999)}"
