"""Supply chain of the deals: class prices with one request, a scarce product, timed entries, reminders, a baseline."""

import datetime

from odoo.exceptions import UserError

ENTRY_SECONDS = (34, 41, 47, 52, 58, 75)
COPIES = "Customer, Warehouse, Finance"


def make(world):
    """After the scorecards: the queue and the price lists follow the classes."""
    env = world.env
    if not world.has("crm.price.approval"):
        return
    env.company.write({"crm_delivery_copies": COPIES, "crm_delivery_reminder_days": 3})
    baseline(env)
    scarce(world)
    prices(world)
    entries(world)
    env["sale.order"]._crm_process_reminders()


def baseline(env):
    if env["crm.response.time"].search_count([("date_shipped", "!=", False)], limit=1):
        env.company._crm_measure_ship_baseline()


def customers(env, customer_class, limit):
    cards = env["crm.scorecard"].search(
        [("is_latest", "=", True), ("customer_class", "=", customer_class), ("company_id", "=", env.company.id)],
        order="score desc",
        limit=limit,
    )
    return cards.partner_id.filtered(lambda partner: partner.user_id.active)


def scarce(world):
    """Three customers of different classes want more of one product than there is."""
    env = world.env
    product = world.goods[-1] if getattr(world, "goods", None) else env["product.product"].search([], limit=1)
    wanted = max(product.qty_available, 10) / 2
    for customer_class in "cba":
        for customer in customers(env, customer_class, 1):
            order = env(user=customer.user_id.id)["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "commitment_date": datetime.datetime.now() + datetime.timedelta(days=2),
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": round(wanted) + 1})],
                }
            )
            confirm(env, order)


def confirm(env, order):
    """An order on credit hold stays a quotation."""
    try:
        with env.cr.savepoint():
            order.action_confirm()
    except UserError:
        return False
    return True


def prices(world):
    """Class A buys at its own list; one salesperson asks for less."""
    env = world.env
    env["crm.customer.class.policy"]._ensure(env.company)
    policy = env["crm.customer.class.policy"].search(
        [("company_id", "=", env.company.id), ("customer_class", "=", "c")], limit=1
    )
    policy.max_discount = policy.max_discount or 5
    for customer in customers(env, "c", 2):
        own = env(user=customer.user_id.id)
        order = own["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [(0, 0, {"product_id": world.goods[0].id, "product_uom_qty": 20, "discount": 12})],
            }
        )
        if order.crm_price_state != "departs":
            continue
        action = order.action_crm_ask_price()
        wizard = own[action["res_model"]].browse(action["res_id"])
        wizard.reason = "First order of a new branch, competitor is at 11 %"
        wizard.action_ask()


def entries(world):
    """Orders typed from faxes, timed."""
    env = world.env
    now = datetime.datetime.now().replace(microsecond=0)
    for seconds, customer in zip(ENTRY_SECONDS, customers(env, "c", len(ENTRY_SECONDS)), strict=False):
        env(user=customer.user_id.id)["sale.order"].create(
            {
                "partner_id": customer.id,
                "client_order_ref": f"Fax {world.rng.randrange(1000, 9999)}",
                "crm_entry_start": now - datetime.timedelta(seconds=seconds),
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": world.rng.randrange(1, 12)})
                    for product in world.rng.sample(world.goods, 5)
                ],
            }
        )
