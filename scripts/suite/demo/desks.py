"""The departments behind the sale: each comes once a working day and deals with what waits for it."""

import datetime

from . import masters, names, shapes

DISPUTES = (
    "Two cartons arrived open",
    "Price differs from our order",
    "Quantity short by one pack",
    "Ordered once, got twice",
)
FRIDAY = 4
# Half of the counted share: most disputes are settled by telephone before finance blocks an invoice.
DISPUTE_RATE = shapes.DISPUTE_RATE / 2
LATE_RECEIPTS = {vendor: share for vendor, _categories, _delay, share in names.VENDORS}


def next_working_day(moment):
    moment += datetime.timedelta(days=1)
    while moment.weekday() > 4:
        moment += datetime.timedelta(days=1)
    return moment


def daily(world, work):
    while True:
        if world.clock.now.weekday() < 5:
            work()
        yield next_working_day(world.clock.now)


# === BUYER === #


def buying(world):
    env = world.as_user("buyer")

    def work():
        horizon = world.clock.now - datetime.timedelta(hours=20)
        requests = env["purchase.order"].search([("state", "=", "draft"), ("create_date", "<", horizon)])
        for order in requests:
            if world.rng.random() < 0.8:
                order.button_confirm()

    return work


def receiving(world):
    """Goods in: some vendors are late, some send a part."""
    env = world.as_user("buyer")
    delays = {}

    def work():
        receipts = env["stock.picking"].search(
            [("picking_type_code", "=", "incoming"), ("state", "=", "assigned"), ("return_id", "=", False)], order="id"
        )
        for receipt in receipts:
            if receipt.id not in delays:
                late = world.rng.random() < LATE_RECEIPTS.get(receipt.partner_id.name, 0.1)
                delays[receipt.id] = datetime.timedelta(days=world.rng.randrange(2, 12) if late else 0)
            if receipt.scheduled_date + delays[receipt.id] <= world.clock.now:
                validate(world, receipt, part=world.rng.random() < 0.1)

    return work


def validate(world, picking, part=False):
    """Validate what is there; with `part` one line is counted short. The rest becomes a back order."""
    if part:
        several = picking.move_ids.filtered(lambda move: move.quantity > 1)
        if several:
            move = world.rng.choice(several)
            move.quantity = move.quantity // 2
    answer = picking.with_context(skip_backorder=True).button_validate()
    if answer is not True:
        raise RuntimeError(f"{picking.name} asks a question instead of being validated: {answer}")


# === WAREHOUSE === #


def shipping(world):
    env = world.as_user("assistant")

    def work():
        pickings = env["stock.picking"].search(
            [
                ("picking_type_code", "=", "outgoing"),
                ("state", "in", ("assigned", "confirmed")),
                ("scheduled_date", "<=", world.clock.now + datetime.timedelta(days=1)),
            ],
            order="scheduled_date, id",
        )
        if pickings:
            pickings.action_assign()
        for picking in pickings:
            if getattr(picking.sale_id, "credit_state", None) in ("hold", "stop"):
                continue  # waits for the money or for a release
            ready = picking.state == "assigned"
            some = any(move.quantity for move in picking.move_ids)
            # Most go out on the day; a waiting order ships in part once in a while.
            if ready and world.rng.random() < 0.75 or some and not ready and world.rng.random() < 0.06:
                validate(world, picking)

    return work


# === FINANCE === #


def invoicing(world):
    env = world.as_user("finance")

    def work():
        orders = env["sale.order"].search([("invoice_status", "=", "to invoice")], order="id")
        for order in orders:
            if world.rng.random() < 0.8:
                invoice(world, env, order)
        if world.clock.now.weekday() == FRIDAY:
            for vendor, purchases in purchases_to_bill(env).items():
                bill(world, env, vendor, purchases)

    return work


def invoice(world, env, order):
    invoices = order._create_invoices()
    invoices.action_post()
    for move in invoices:
        world.diary.add(after_invoice(world, env, move), world.clock.now)


def after_invoice(world, env, move):
    """The customer pays early, in time, late, in part or not at all; disputes; sends something back."""
    rng = world.rng
    yield world.clock.now + datetime.timedelta(days=rng.uniform(3, 9))
    kind = rng.random()
    if kind < DISPUTE_RATE:
        dispute(world, move)
        if rng.random() < 0.5:
            return
        yield world.clock.now + datetime.timedelta(days=rng.uniform(6, 20))
        move.action_toggle_block_payment()
    elif kind < DISPUTE_RATE + shapes.CANCELLATION_RATE / 2:
        give_back(world, move)
        yield world.clock.now + datetime.timedelta(days=1)
    late = shapes.days_late(rng, masters.habit(world, move.commercial_partner_id))
    due = datetime.datetime.combine(move.invoice_date_due, datetime.time(11))
    yield max(world.clock.now, due + datetime.timedelta(days=late))
    if move.payment_state in ("paid", "reversed", "blocked"):
        return
    if rng.random() < 0.12:
        pay(env, move, world.clock.now, share=rng.choice((0.3, 0.5, 0.6)))
        yield world.clock.now + datetime.timedelta(days=rng.uniform(15, 60))
    pay(env, move, world.clock.now)


def pay(env, moves, moment, share=1.0):
    if not moves.amount_residual:
        return
    register = (
        env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=moves.ids)
        .create({"payment_date": moment.date()})
    )
    if share < 1:
        register.amount = register.currency_id.round(moves.amount_residual * share)
        register.payment_difference_handling = "open"
    register._create_payments()


def dispute(world, move):
    reason = world.rng.choice(DISPUTES)
    move.message_post(body=f"Customer objects: {reason}. Blocked until settled.")
    move.action_toggle_block_payment()


def give_back(world, move):
    """A cancellation as counted: mostly one line. Goods come back, a credit note follows, both from the documents."""
    rng = world.rng
    pickings = move.invoice_line_ids.sale_line_ids.order_id.picking_ids.filtered(
        lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing"
    )
    if not pickings:
        return
    env = world.as_user("assistant")
    picking = env["stock.picking"].browse(pickings[-1].id)
    wizard = env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking").create({})
    lines = wizard.product_return_moves
    for line in rng.sample(list(lines), min(len(lines), shapes.draw_count(rng, shapes.CANCELLED_LINES))):
        line.quantity = min(line.move_id.quantity, shapes.draw_count(rng, shapes.QUANTITY))
    action = wizard.action_create_returns()
    back = env["stock.picking"].browse(action["res_id"])
    back.action_assign()
    validate(world, back)
    finance = world.as_user("finance")
    orders = finance["sale.order"].browse(move.invoice_line_ids.sale_line_ids.order_id.ids)
    # A final invoice over a negative quantity is the credit note.
    notes = orders._create_invoices(final=True)
    notes.action_post()


def purchases_to_bill(env):
    orders = env["purchase.order"].search([("invoice_status", "=", "to invoice")], order="partner_id, id")
    return orders.grouped("partner_id")


def bill(world, env, vendor, purchases):
    """One bill a vendor and week, over what has come in."""
    purchases.action_create_invoice()
    bills = purchases.invoice_ids.filtered(lambda move: move.state == "draft")
    bills.ref = f"{vendor.name.split()[0].upper()}-{world.clock.now:%y%W}"
    bills.invoice_date = world.clock.now.date()
    bills.action_post()
    world.diary.add(pay_bills(world, env, bills), world.clock.now + datetime.timedelta(days=world.rng.uniform(20, 32)))


def pay_bills(world, env, bills):
    pay(env, bills, world.clock.now)
    yield world.clock.now
