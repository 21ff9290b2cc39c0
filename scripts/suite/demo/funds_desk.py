"""Money in and out: rent, power, office and wages of the last months, and what a seller spent on a customer."""

from dateutil.relativedelta import relativedelta

MONTHS = 6
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
    trips(world, env)


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
