"""The facts once more, the slow and obvious way: journal items and partials read one by one.

Nothing here shares code with the SQL. Amounts are Decimals in cents-exact company currency unless named
otherwise; + = the customer owes, or money came in.
"""

from collections import defaultdict
from decimal import Decimal

RECEIVABLE = "asset_receivable"
SALES = ("out_invoice", "out_refund", "out_receipt")


def exact(amount):
    """Return a stored float as the decimal it was meant to be (six places are more than any currency has)."""
    return Decimal(repr(round(amount, 6)))


def receivable_lines(env, companies):
    lines = env["account.move.line"].sudo().search([("company_id", "in", companies.ids)], order="id")
    return lines.filtered(lambda line: line.account_id.account_type == RECEIVABLE)


def open_items(env, companies, as_of):
    """Return {journal item id: (residual, residual in document currency)} of what was open at the date."""
    residuals = {}
    for line in receivable_lines(env, companies):
        if line.parent_state != "posted" or line.date > as_of:
            continue
        residual, foreign = exact(line.balance), exact(line.amount_currency)
        for partial in line.matched_credit_ids:  # this line is the debit
            if _counts(partial.credit_move_id, as_of):
                residual -= exact(partial.amount)
                foreign -= exact(partial.debit_amount_currency)
        for partial in line.matched_debit_ids:  # this line is the credit
            if _counts(partial.debit_move_id, as_of):
                residual += exact(partial.amount)
                foreign += exact(partial.credit_amount_currency)
        if residual or foreign:
            residuals[line.id] = (residual, foreign)
    return residuals


def _counts(other, as_of):
    return other.parent_state == "posted" and other.date <= as_of


def ledger_balance(env, company, as_of):
    """Return the posted balance of the receivable accounts of a company at the date."""
    lines = receivable_lines(env, company)
    return sum(
        (exact(line.balance) for line in lines if line.parent_state == "posted" and line.date <= as_of), Decimal(0)
    )


def liquidity(move):
    """Return what an entry of a payment or statement line moved into bank, cash and outstanding accounts."""
    if move.origin_payment_id:
        lines = move.origin_payment_id._seek_for_lines()[0]
    else:
        lines = move.statement_line_id._seek_for_lines()[0]
    return sum((exact(balance) for balance in lines.mapped("balance")), Decimal(0))


def money_by_entry(env, companies):
    """Return {money entry: money that settled sales documents}, for entries used up by posted documents alone.

    Such an entry's money is what the facts must show, to the cent: no rest on account, no draft, nothing else.
    """
    used_by_others = set()
    result = defaultdict(Decimal)
    for line in receivable_lines(env, companies):
        move = line.move_id
        if not (move.origin_payment_id or move.statement_line_id) or move.state != "posted":
            continue
        partials = line.matched_credit_ids + line.matched_debit_ids
        others = partials.debit_move_id + partials.credit_move_id - line
        exchange = (
            partials.exchange_move_id
            | env["account.partial.reconcile"].search([("exchange_move_id", "in", others.move_id.ids)]).exchange_move_id
        )
        documents = others.move_id - exchange
        fits = all(document.move_type in SALES and document.state == "posted" for document in documents)
        if not line.reconciled or not documents or not fits:
            used_by_others.add(move)
        result[move] = liquidity(move)
    return {move: money for move, money in result.items() if move not in used_by_others}
