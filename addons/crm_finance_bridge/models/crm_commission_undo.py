from collections import defaultdict, namedtuple
from decimal import Decimal

from ..tools import commission as rules

LOSSES = ("write_off", "late")
AMOUNTS = ("source_amount", "base_amount", "amount")
Group = namedtuple("Group", "user rule override month by_tier share product order")
"""Lines of a sale that stand or fall together: a person's at one rate, earned in one month on one line or order."""


def exact(amount):
    """A float of the database as the decimal it stands for."""
    return Decimal(repr(round(amount or 0.0, 6)))


def origin_of(row):
    """The invoice that a source row undoes (a part of); None where it is a sale, or a refund of no invoice."""
    if row["source"] == "credit_note" or row["source"] in LOSSES:
        return row["move_id"]
    return row["reversed_id"] if row["source"] in ("collection", "invoice") else None


class Families:
    """What a plan booked on invoices and their credit notes, in memory: {invoice: {Group: Part}}.

    `origins`: {credit note: invoice}; `products`: {source key: (product, its price with tax per price without)} of
    invoice lines; `money`: {invoice: rows of crm.collection (key, date, order_id, amount)}; `ours`: keys of the plan's
    sources, booked or to be booked. `taxed`: {invoice: what its lines come to with tax, less what was undone}.
    `gross`: {(is it of a credit_note row, document, order): goods per money}, see `_gross` of the source. `deposits`:
    {(invoice, order): what deposits had paid of the goods behind the money that is booked}. `others`: {invoice: rows
    (key, date, order_id, amount) of its lines and credit notes that are of people whom the plan does not name}.
    """

    def __init__(self, origins=None, products=None, money=None, ours=(), gross=None, others=None):
        self.origins, self.products, self.others = origins or {}, products or {}, others or {}
        self.money, self.ours, self.gross = money or {}, set(ours), gross or {}
        self.booked, self.taxed, self.deposits = defaultdict(dict), defaultdict(Decimal), defaultdict(Decimal)
        self.unsold, self.is_whole = defaultdict(dict), False

    def expect(self, rows, is_whole=False):
        """Take in the sales to be booked. `is_whole`: an invoice counts at once, not payment by payment."""
        self.is_whole = is_whole
        for row in rows:
            if not row["booked"] and not origin_of(row):
                self.unsold[row["move_id"]][row["source_key"]] = row["date"]

    def is_early(self, row):
        """Whether a row undoes a sale that itself still waits for an open statement."""
        days = self.unsold.get(origin_of(row), {}).values()
        return any(self.is_whole or day <= row["date"] for day in days)

    def note(self, user, month, vals):
        """Take in the values of a line."""
        if not vals["move_id"]:
            return
        product, with_tax = self.products.get(vals["source_key"]) or (None, 1)
        origin = self.origins.get(vals["move_id"], vals["move_id"])
        group = Group(
            user or None,
            vals["rule_id"] or False,
            bool(vals["is_override"]),
            vals.get("origin_month") or month,
            bool(vals["by_tier"]),
            vals["share"],
            product,
            vals["order_id"] or None,
        )
        family = self.booked[origin]
        old = family.get(group) or rules.Part(Decimal(0), Decimal(0), Decimal(0))
        family[group] = rules.Part(*(value + exact(vals[name]) for value, name in zip(old, AMOUNTS, strict=True)))
        if not group.override:
            amount = exact(vals["source_amount"])
            self.taxed[origin] += amount * with_tax
            self.deposits[origin, group.order] += amount * (self._gross(vals) - 1)

    def _gross(self, row):
        """Goods, with tax, that stand behind one unit of a row's money; 1 without a deposit."""
        place = (row["source"] == "credit_note", row["move_id"])
        return self.gross.get((*place, row["order_id"] or None)) or self.gross.get((*place, None), Decimal(1))

    def elsewhere(self, origin, row, orders=None):
        """(Money, deposits behind it) of the invoice until the row's day that is not of this plan.

        It came before the plan's first day, or is of other people.
        """
        found = [
            (exact(money["amount"]), self._gross(money) - 1)
            for money in self.money.get(origin, [])
            if money["key"] not in self.ours
            and money["date"] <= row["date"]
            and (orders is None or money["order_id"] in orders)
        ]
        return sum(money for money, _more in found), sum(money * more for money, more in found)

    def beside(self, origin, row):
        """({order}, sum with tax) of what the invoice holds until the row's day for people outside of the plan."""
        rows = [line for line in self.others.get(origin, ()) if line["key"] not in self.ours]
        rows = [line for line in rows if line["date"] <= row["date"]]
        with_tax = (exact(line["amount"]) * self.products[line["key"]][1] for line in rows)
        return {line["order_id"] for line in rows}, sum(with_tax, Decimal(0))

    def share(self, row, family, done, total):
        """Share (0 to 1) of a family that money of a row (`done`) undoes; `total`: the family's money.

        Goods by goods: two of ten units are two tenths of what was earned, whatever a deposit had paid of them.
        """
        origin = origin_of(row)
        orders = {group.order for group in family}
        whole = family is self.booked[origin]
        deposit = sum(self.deposits[origin, order] for order in orders)
        deposit += self.elsewhere(origin, row, None if whole else orders)[1]
        if total <= 0 or deposit <= 0:
            return -done / total
        return min(Decimal(1), rules.rounded(-done * self._gross(row) / (total + deposit), 12))

    def found(self, row):
        """({Group: Part}, what is left to undo): of the row's own product or order where that is enough, else all."""
        origin = origin_of(row)
        family, size = self.booked.get(origin, {}), exact(row["amount"])
        orders, beside = self.beside(origin, row)
        if row["source"] in LOSSES:  # they are with tax, the invoice's lines without
            return family, self.taxed[origin] + beside
        if beside and row["order_id"] not in {group.order for group in family}:
            if row["order_id"] in orders:
                return {}, Decimal(0)
            with_tax = self.products[row["source_key"]][1]  # of no order: a part of everyone's
            return family, (self.taxed[origin] + beside) / (with_tax or 1)
        measure = "base" if row["source"] == "invoice" else "source"
        total = self._total(family, measure) + self.elsewhere(origin, row)[0]
        place = "product" if row["source"] == "invoice" else "order"
        own = row[f"{place}_id"]
        part = {group: booked for group, booked in family.items() if own and getattr(group, place) == own}
        if part and size != -total:
            rest = self._total(part, measure) + self.elsewhere(origin, row, {own} if place == "order" else ())[0]
            if rest * size < 0 and abs(rest) >= abs(size):
                return part, rest
        return family, total

    @staticmethod
    def _total(family, measure):
        return sum((getattr(part, measure) for group, part in family.items() if not group.override), Decimal(0))


class Undo:
    """The part of a book that takes back: from those who earned, at the rates that were paid."""

    def reverse(self, row, items, month):
        """Book a row that undoes a sale; False where a statement of one of its people is closed, or of the sale's.

        Only money that was never earned on, as a refund before the payment, counts at its own terms.
        """
        if self.families.is_early(row):
            return False
        amount, invoiced = exact(row["amount"]), self.plan.base == "invoiced"
        family, total = self.families.found(row)
        if not family:
            paid_elsewhere = not self.is_simulation and (invoiced or total * amount < 0)
            return self._leave(row) if paid_elsewhere or not self._earns(row) else self.earn(row, items, month)
        done = self._undone(row, amount, total)
        rest = rules.rounded(amount - done, self.digits) if abs(done) < abs(amount) else Decimal(0)
        if rest and not self._earns(row):
            if not done:
                return self._leave(row)
            rest = Decimal(0)
        people = [group.user for group in family] if done or not rest else []
        people += [user for user, _percent in self.receivers(row) + self.leaders(row)] if rest else []
        if self.is_locked(people, month):
            return False
        if rest != amount:
            share = self.families.share(row, family, done, total) if done else Decimal(0)
            self._undo(row, family, amount - rest, share, month)
        return not rest or self.earn({**row, "amount": float(rest)}, items, month)

    def _undone(self, row, amount, total):
        """How much of a row meets something to undo; the last cents that rounding of tax leaves are met too."""
        if total * amount >= 0:
            return Decimal(0)
        slack = Decimal(5).scaleb(-self.digits) if row["source"] in LOSSES else Decimal(0)
        return -total if abs(amount) > abs(total) - slack else amount

    def _earns(self, row):
        """Whether a refund that undoes nothing counts at its own terms."""
        return self.plan._covers(row) and (not self.last_day or row["date"] <= self.last_day)

    def _leave(self, row):
        """Not of this plan: it never paid for what goes back."""
        self.families.ours.discard(row["source_key"])
        return True

    def _undo(self, row, family, amount, share, month):
        parts = [(group.override, part) for group, part in family.items()]
        groups = list(family)
        for group, change in zip(groups, rules.undo(parts, amount, share, self.digits), strict=True):
            if not any(change):
                continue
            if group.by_tier and not group.override:
                self.reached[group.user, group.month] += change.base
            vals = {
                "rule_id": group.rule,
                "kind": "clawback",
                "origin_month": group.month,
                "by_tier": group.by_tier,
                "rate": float(change.amount * 100 / change.base) if change.base else 0.0,
                "share": group.share,
                "is_override": group.override,
            }
            self._append({**row, "order_id": group.order}, group.user, month, change, vals)

    def caps(self, groups, first):
        """What the cap takes or gives back, from the month `first` on: (user, month earned in, month, amount) each.

        groups: (user, month, month earned in, kind, amount) of the lines of the database.
        """
        booked = defaultdict(lambda: defaultdict(lambda: [Decimal(0), Decimal(0)]))
        for user, month, origin, kind, amount in groups:
            booked[user.id, origin or month][month][kind == "cap"] += exact(amount)
        for user, month, vals in self.lines:
            if user:
                booked[user, vals.get("origin_month") or month][month][0] += exact(vals["amount"])
        for (user, origin), found in booked.items():
            state = {
                month: (earned, capped, month >= first and not self.is_locked([user], month))
                for month, (earned, capped) in found.items()
            }
            for month, amount in rules.cap_steps(origin, state, exact(self.plan.cap_amount)):
                yield user, origin, month, amount
