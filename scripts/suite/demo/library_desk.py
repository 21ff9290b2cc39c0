"""Library of marketing: catalogues and samples with their stock, the encyclopedia, a policy told to the dealers."""

import datetime

# name, kind, [(version, days ago, unit cost, received, used by campaigns)], reorder at
MATERIALS = (
    ("Workshop catalogue", "brochure", (("2025", 500, 2.4, 800, 760), ("2026", 140, 2.1, 1000, 420)), 200),
    ("Sample box of packaging", "sample", (("A", 200, 6.5, 150, 132),), 25),
    ("Folding rule with our name", "gift", (("2026", 300, 1.3, 500, 180),), 100),
)
ENTRIES = (
    (
        "product",
        "Frames: which load for which frame",
        "load, weight, carry",
        "Tables of loads, what to ask.",
    ),
    (
        "price",
        "When to grant the tiered discount",
        "rebate, discount",
        "From ten pieces on; never below cost.",
    ),
    (
        "competitor",
        "Cheaper frames from overseas",
        "cheap, import",
        "Ten weeks, no spare parts after a year.",
    ),
    ("argument", "Why our packaging pays", "carton, damage", "Fewer damages: ask for their rate first."),
)


def make(world):
    if not world.has("crm.marketing.material"):
        return
    env = world.as_user("marketing")
    _material(world, env)
    _encyclopedia(env)
    _notice(world, env)


def _material(world, env):
    campaigns = env["utm.campaign"].search([("date_start", "<=", world.today)], order="date_start", limit=3)
    moves = env["crm.marketing.material.move"]
    for name, kind, versions, minimum in MATERIALS:
        material = env["crm.marketing.material"].create({"name": name, "kind": kind, "minimum": minimum})
        for version, ago, cost, received, used in versions:
            day = world.today - datetime.timedelta(days=ago)
            edition = env["crm.marketing.material.version"].create(
                {"material_id": material.id, "name": version, "date": day, "unit_cost": cost}
            )
            moves.create({"version_id": edition.id, "date": day, "kind": "received", "quantity": received})
            for campaign in campaigns:
                moves.create(
                    {
                        "version_id": edition.id,
                        "date": max(day, campaign.date_start),
                        "kind": "used",
                        "quantity": used // len(campaigns),
                        "campaign_id": campaign.id,
                    }
                )
        material.version_ids.sorted("date")[:-1].state = "obsolete"


def _encyclopedia(env):
    sold = env["sale.order.line"].sudo().search([("product_id.type", "=", "consu")], limit=40).product_template_id
    rival = env["res.partner"].search([("relation_type", "=", "competitor")], limit=1)
    for kind, title, words, text in ENTRIES:
        if kind == "competitor" and not rival:
            continue
        env["crm.knowledge.entry"].create(
            {
                "kind": kind,
                "name": title,
                "keywords": words,
                "body": f"<p>{text}</p>",
                "product_ids": sold[:6].ids if kind in ("product", "price") else [],
                "competitor_id": rival.id if kind == "competitor" else False,
            }
        )


def _notice(world, env):
    notice = env["crm.customer.notice"].create(
        {
            "name": "Rebates for dealers from next month",
            "kind": "policy",
            "customer_role": "distributor",
            "needs_acceptance": True,
            "deadline": world.today + datetime.timedelta(days=30),
            "body": "<p>Orders above 5,000 get three percent, paid as a credit note at the end of the quarter.</p>",
        }
    )
    notice.action_publish()
    for receipt in notice.receipt_ids[::2].sudo():
        receipt._note_read(receipt.partner_id.child_ids[:1] or receipt.partner_id)
    for receipt in notice.receipt_ids[::4].sudo():
        receipt._note_accepted(receipt.partner_id.child_ids[:1] or receipt.partner_id)
