"""The finance desk at night: balance sheets of three customers, then payment scores, weeks of receipts and risk."""

import datetime

from . import masters

BALANCES = ((1.8, 0.2), (1.2, 0.3), (0.9, 0.35))  # assets for each unit of debt, swing of the assets in a year


def make(world):
    if not world.has("crm.payment.score"):
        return
    env = world.env
    root = env.company.root_id
    customers = masters.customers(world)[: len(BALANCES)]
    env["crm.customer.balance"].create(
        [
            {
                "partner_id": customer.id,
                "company_id": root.id,
                "date": datetime.date(world.today.year - 1, 12, 31),
                "assets": round(250_000 * ratio),
                "debts": 250_000,
                "volatility": swing,
                "source": "Published annual accounts",
            }
            for customer, (ratio, swing) in zip(customers, BALANCES, strict=False)
        ]
    )
    env["crm.payment.score"]._process_night(root, world.today)
