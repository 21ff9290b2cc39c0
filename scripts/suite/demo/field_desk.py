"""Field service: machines on record at their customers, agreements, visits planned, done and signed."""

import base64
import datetime

from odoo import fields
from odoo.exceptions import UserError

KEPT = 4  # products whose delivered pieces are kept on record
AGREEMENTS = 6
VISITS = 9
WORK = ("Bearing changed, test run without noise.", "Cleaned, calibrated, next check in six months.")
# One black pixel: the shortest signature.
SIGNATURE = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


def make(world):
    if not world.has("crm.service.visit"):
        return
    assets = keep(world)
    if assets:
        agree(world, assets)
        visit(world, assets)
        world.env["crm.customer.asset"]._process_maintenance(world.today, limit=10)
        world.env["crm.service.agreement"]._process_agreements(world.today)


def keep(world):
    """The products delivered most often of those with a price: their deliveries are filled in."""
    env = world.env
    groups = env["sale.order.line"]._read_group(
        [("state", "=", "sale"), ("qty_delivered", ">", 0), ("product_id.is_storable", "=", True)],
        ["product_id"],
        ["__count"],
        order="__count DESC",
        limit=KEPT,
    )
    products = env["product.product"].browse([product.id for product, _count in groups])
    for number, product in enumerate(products):
        product.write(
            {"service_asset": True, "warranty_months": 24, "maintenance_months": (6, 12, 12, 0)[number % KEPT]}
        )
    return env["crm.customer.asset"]._backfill(products)


def agree(world, assets):
    """The customers with most pieces: agreements that run, that expire soon and that have ended."""
    policies = world.env["crm.sla.policy"].search([("company_id", "=", world.env.company.id)])
    customers = sorted(assets.commercial_partner_id, key=lambda one: (-len(assets_of(assets, one)), one.id))
    for number, customer in enumerate(customers[:AGREEMENTS]):
        start = world.today - datetime.timedelta(days=(120, 330, 200, 400, 60, 340)[number % AGREEMENTS])
        world.env["crm.service.agreement"].create(
            {
                "title": ("Full care", "Basic care")[number % 2],
                "partner_id": customer.id,
                "date_start": start,
                "date_end": start + datetime.timedelta(days=364),
                "policy_id": policies[number % len(policies)].id if policies else False,
                "state": "active",
                "line_ids": [
                    (0, 0, {"kind": "visits", "quantity": 4}),
                    (0, 0, {"kind": "hours", "place": "remote", "quantity": 10}),
                ],
            }
        )


def assets_of(assets, customer):
    return assets.filtered(lambda asset: asset.commercial_partner_id == customer)


def visit(world, assets):
    """One technician: visits of the last days done, those of the next days planned, two a day."""
    env, agent = world.env, world.as_user("service")
    user = agent.user
    profiles = env["crm.agent.profile"]
    profile = profiles.search([("user_id", "=", user.id), ("company_id", "=", env.company.id)])
    values = {"is_technician": True, "technician_skills": "mechanics, electricity"}
    if profile:
        profile.write(values)
    else:
        profiles.create({"user_id": user.id, **values})
    morning = fields.Datetime.to_datetime(world.today) + datetime.timedelta(hours=8)
    for number, asset in enumerate(assets[-VISITS:]):
        start = morning + datetime.timedelta(days=number // 2 - 2, hours=number % 2 * 4)
        try:
            with env.cr.savepoint():
                job = agent["crm.service.visit"].create(
                    {
                        "asset_id": asset.id,
                        "kind": ("maintenance", "repair")[number % 2],
                        "task": ("Yearly maintenance", "Noise from the bearing")[number % 2],
                        "user_id": user.id,
                        "start": start,
                        "stop": start + datetime.timedelta(hours=2),
                    }
                )
                if start.date() < world.today:
                    finish(job, number)
        except UserError:
            continue


def finish(job, number):
    job.action_arrive(reason="entered later")
    job.write(
        {
            "work_done": WORK[number % len(WORK)],
            "work_minutes": 75,
            "effect": "solved",
            "signature": SIGNATURE,
            "signed_by": "Customer",
        }
    )
    job.action_done()
