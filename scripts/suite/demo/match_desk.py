"""Bank lines of the last days that wait to be matched: named, silent, short, several at once, and nobody's."""

import datetime


def make(world):
    """Eight bank lines against invoices that are open today, and a customer's list for the largest of them."""
    if not world.has("crm.receipt.match"):
        return
    env = world.env
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    lines = env["account.move.line"].search(
        [
            ("company_id", "=", env.company.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("move_type", "=", "out_invoice"),
            ("amount_residual", ">", 0),
            ("currency_id", "=", env.company.currency_id.id),
        ],
        order="date_maturity, id",
        limit=200,
    )
    if not journal or len(lines) < 12:
        return
    by_partner = lines.grouped("partner_id")
    several = [group for group in by_partner.values() if len(group) > 1][:2]
    single = [group for group in by_partner.values() if len(group) == 1][:5]
    receipts = [(group.partner_id, group.amount_residual, group.move_id.name) for group in single[:2]]
    receipts += [(group.partner_id, group.amount_residual, "Transfer") for group in single[2:4]]
    receipts += [(group.partner_id, round(group.amount_residual * 0.97, 2), group.move_id.name) for group in single[4:]]
    for group in several:
        pair = group[:2]
        receipts.append((pair.partner_id, sum(pair.mapped("amount_residual")), "Invoices as in our list"))
    receipts.append((None, 77.0, "Cash deposit"))
    values = [
        {
            "journal_id": journal.id,
            "date": world.today - datetime.timedelta(days=number % 3),
            "payment_ref": text,
            "amount": amount,
            "partner_name": partner.name if partner else False,
        }
        for number, (partner, amount, text) in enumerate(receipts)
    ]
    env["account.bank.statement.line"].create(values)
    if several:
        _advice(env, several[0][:2])
    env["crm.receipt.match"].action_refresh()


def _advice(env, lines):
    """What the customer says the payment is for."""
    env["crm.remittance.advice"].create(
        {
            "name": "Payment run",
            "partner_id": lines.partner_id.id,
            "line_ids": [(0, 0, {"text": line.move_id.name, "amount": line.amount_residual}) for line in lines],
        }
    ).action_open()
