"""The portal's customer at work: pages that the dealer opened, a request for help, suggested solutions he read."""

from datetime import timedelta

from odoo import fields

from .shop_desk import DEALER_LOGIN

SHOWN = 5  # solutions that he read
READ = 12


def make(world):
    env = world.env
    if not world.has("crm.portal.visit"):
        return
    user = env["res.users"].search([("login", "=", DEALER_LOGIN)], limit=1)
    if not user:
        return
    solutions = env["crm.solution"].search(
        [("state", "=", "approved"), ("portal_visible", "=", True)], order="id", limit=SHOWN
    )
    order = env["sale.order"].search(
        [("partner_id", "child_of", user.commercial_partner_id.id), ("state", "=", "sale")], order="id desc", limit=1
    )
    now = fields.Datetime.now()
    paths = ["/my", "/my/orders", *([f"/my/orders/{order.id}"] if order else []), "/my/solutions", "/my/help"]
    for minutes, path in enumerate(reversed(paths), 2):
        env["crm.portal.visit"]._note(user, path).date = now - timedelta(minutes=3 * minutes)
    env["crm.ticket"].create(
        {
            "name": f"Please call me: {order.name}" if order else "Please call me",
            "partner_id": user.partner_id.id,
            "sale_order_id": order.id,
            "channel": "portal",
            "priority": "2",
            "user_id": False,
            "description": "<p>Where is my order? Please call.</p>",
        }
    )
    for number in range(READ if solutions else 0):
        row = env["crm.solution.deflection"]._note_read(
            user,
            f"{number:032x}",
            solutions[number % len(solutions)],
            solutions[number % len(solutions)].name,
            helped=number % 3 == 0,
            now=now - timedelta(days=2 * number + 1),
        )
        if number % 4 == 1:
            row.state = "asked"
