"""Money in and out: goods, rent, power, office and wages, and what a seller spent on a customer."""

import datetime

from dateutil.relativedelta import relativedelta

from . import names

MONTHS = 6
GOODS_SHARES = (0.6, 0.4)  # of a month's goods, by vendor
GOODS_TERM = 30  # days
# item of crm_finance_bridge, text, monthly amount, day of the month
BILLS = (
    ("rent", "Rent of the showroom", 2400, 2),
    ("utilities", "Power and water", 310, 9),
    ("office", "Paper, toner, stamps", 145, 15),
)
WAGES = 11800
TRIPS = (("selling", "Lunch with the buyer", 64), ("selling", "Train to the plant visit", 118))


def make(world):
    if not world.has("crm.expense.entry"):
        return
    env = world.as_user("finance")
    landlord = world.env["res.partner"].create({"name": "Northgate Properties", "is_company": True})
    for back in range(MONTHS, 0, -1):
        first = world.today.replace(day=1) - relativedelta(months=back)
        bills(world, env, landlord, first)
        wages(world, env, first + relativedelta(day=28))
    goods(world, env)
    trips(world, env)


def goods(world, env):
    """Vendors' bills for the goods of three years' sales, two a month; a company without them would live on air.

    Only of invoices without an order: what the orders of the last months need is bought by purchase orders.
    """
    company, today = world.env.company, world.today
    account = env["account.account"].search(
        [("account_type", "=", "expense_direct_cost"), ("company_ids", "in", company.ids)], limit=1
    )
    if not account:
        return
    sold = env.execute_query(world.env["crm.metric"]._margin_lines(company, None, today + datetime.timedelta(days=1)))
    months = {}
    ordered = set(world.env["account.move.line"].search([("sale_line_ids", "!=", False)]).ids)
    for _partner, day, _kind, _quantity, line_id, _move, _sales, cost in sold:
        if cost and line_id not in ordered:
            months[day.replace(day=1)] = months.get(day.replace(day=1), 0) + float(cost)
    vendors = [world.env["res.partner"].search([("name", "=", entry[0])], limit=1) for entry in names.VENDORS]
    values = []
    for number, (month, cost) in enumerate(sorted(months.items())):
        for offset, share in enumerate(GOODS_SHARES):
            day = min(month + relativedelta(day=12 + 8 * offset), today)
            values.append(
                {
                    "move_type": "in_invoice",
                    "partner_id": vendors[(number + 3 * offset) % len(vendors)].id,
                    "invoice_date": day,
                    "ref": f"GOODS-{month:%Y%m}-{offset + 1}",
                    "invoice_payment_term_id": world.env.ref("account.account_payment_term_30days").id,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {
                                "account_id": account.id,
                                "name": f"Goods of {month:%B %Y}",
                                "price_unit": round(cost * share * world.rng.uniform(0.97, 1.06), 2),
                                "tax_ids": [],
                            },
                        )
                    ],
                }
            )
    moves = env["account.move"].create(values)
    moves.action_post()
    for move in moves:
        paid_on = move.invoice_date + relativedelta(days=GOODS_TERM)
        if paid_on <= today:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
            wizard.create({"payment_date": paid_on})._create_payments()


def bills(world, env, landlord, first):
    """Bills of a month, paid a week later."""
    moves = env["account.move"].create(
        [
            {
                "move_type": "in_invoice",
                "partner_id": landlord.id,
                "invoice_date": first.replace(day=day),
                "ref": f"{item.upper()}-{first:%Y%m}",
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": world.env.ref(f"crm_finance_bridge.crm_expense_item_{item}").id,
                            "name": text,
                            "price_unit": round(amount * world.rng.uniform(0.95, 1.08), 2),
                            "tax_ids": [],
                        },
                    )
                ],
            }
            for item, text, amount, day in BILLS
        ]
    )
    moves.action_post()
    for move in moves:
        wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"payment_date": move.invoice_date + relativedelta(days=7)})._create_payments()


def wages(world, env, day):
    """Wages as the payroll office reports them: one entry a month on the account of the type, paid by bank."""
    kind = world.env.ref("crm_finance_bridge.crm_expense_type_salary").with_company(env.company)
    bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    if not kind.account_id or not bank.default_account_id:
        return
    amount = round(WAGES * world.rng.uniform(0.97, 1.05), 2)
    env["account.move"].create(
        {
            "journal_id": bank.id,
            "date": day,
            "ref": f"Wages {day:%Y-%m}",
            "line_ids": [
                (0, 0, {"account_id": kind.account_id.id, "name": "Wages", "debit": amount}),
                (0, 0, {"account_id": bank.default_account_id.id, "name": "Wages", "credit": amount}),
            ],
        }
    ).action_post()


def trips(world, finance):
    """A seller spends on a customer: one expense posted, one waits for approval."""
    employee = (
        world.env["hr.employee"]
        .search([("user_id.group_ids", "!=", False)], limit=20)
        .filtered(lambda person: person.user_id.has_group("sales_team.group_sale_salesman"))[:1]
    )
    customer = world.env["sale.order"].search([("state", "=", "sale")], order="id desc", limit=1).partner_id
    if not employee or not customer:
        return
    for number, (item, text, amount) in enumerate(TRIPS):
        expense = finance["hr.expense"].create(
            {
                "name": text,
                "employee_id": employee.id,
                "product_id": world.env.ref(f"crm_finance_bridge.crm_expense_item_{item}").id,
                "total_amount_currency": amount,
                "date": world.today - relativedelta(days=9 - 4 * number),
                "crm_customer_id": customer.commercial_partner_id.id,
            }
        )
        expense.with_env(world.env).action_submit()
        if not number:
            expense.with_env(finance).action_approve()
            expense.with_env(world.env)._post_without_wizard()
