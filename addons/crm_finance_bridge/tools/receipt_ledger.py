"""What the matching of receipts works with: items, receipts, terms, habits, candidates. Pure, no Odoo.

Amounts are whole cents of one currency, + = the customer owes (item) or has paid (receipt).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from . import receipt_reference

# rules: how the items were found
ADVICE, REFERENCE, DISCOUNT, FEE, SHORT = (
    "advice",
    "reference",
    "reference_discount",
    "reference_fee",
    "reference_short",
)
PARTS = "advice_parts"
SOME, PLUS, OVER = "reference_some", "reference_plus", "reference_over"
AMOUNT, SUBSET, UNNAMED_DISCOUNT, UNNAMED_FEE = "amount", "subset", "amount_discount", "amount_fee"
PAYER, OLDEST = "amount_payer", "oldest"
BY_NAME = frozenset((ADVICE, PARTS, REFERENCE, DISCOUNT, FEE, SHORT, SOME, PLUS, OVER))
RULES = (ADVICE, PARTS, REFERENCE, DISCOUNT, FEE, SHORT, SOME, PLUS, OVER, AMOUNT, SUBSET)
RULES += (UNNAMED_DISCOUNT, UNNAMED_FEE, PAYER, OLDEST)
EXACT = frozenset((ADVICE, PARTS, REFERENCE, DISCOUNT))  # nothing else is looked for beside them
SUGGESTIONS = frozenset((OVER, PAYER, OLDEST))  # never accepted without a person
# why not automatic, or why nothing was found
UNSURE, TIED, OTHER_PAYER, CONTESTED, PAID, MANY, SUGGESTED, SWITCHED = (
    *("unsure", "tied", "other_payer", "contested", "paid", "many", "suggested", "switched"),
)
LARGE_FEE, BRANCH = "large_fee", "branch"
NO_PAYER, NOTHING_OPEN, NO_SUM, REFUSED = "no_payer", "nothing_open", "no_sum", "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """An open line: `amount` still open, + = the customer owes; `discount` is what may be kept back until
    `discount_date`; `keys` of its document, see receipt_reference.document_keys; `away` = of another branch of the
    company: found by name only, or proposed to a person."""

    id: int
    partner: int
    document: int
    amount: int
    due: object
    keys: dict = field(default_factory=dict)
    discount: int = 0
    discount_date: object = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received: `partner` None = payer unknown; `advice` = ((text, amount or None), ...) of a remittance advice;
    `refused` = sets of item ids that a person has refused for this receipt; `money` False = a credit note or an entry.
    `own` = the item that the receipt itself is (a credit note), which it is not matched with."""

    id: int
    partner: int | None
    amount: int
    date: object
    text: str = ""
    advice: tuple = ()
    refused: frozenset = frozenset()
    money: bool = True
    own: int = 0


@dataclass(frozen=True)
class Terms:
    """What a company allows: confidence and margin of the automatic match, cents that are no difference,
    rules switched off (by a person, or because they were wrong too often), cents up to which a customer's usual fee
    is kept back without a person (at least the tolerance)."""

    threshold: float = 0.97
    margin: float = 0.5
    tolerance: int = 0
    off: frozenset = frozenset()
    fee_limit: int = 0


class Habit(NamedTuple):
    """How one customer pays: {cents kept back: how often} and the number of receipts it is taken from."""

    fees: dict
    receipts: int


class Candidate(NamedTuple):
    """`parts` = ((item id, cents), ...); `kept` = cents that the receipt is short of the items and that are not owed
    any more (discount, fee); `rest` = cents of the receipt that stay on account; `early` = ids of the items whose
    early-payment discount `kept` is; `short` = cents missing of what is named, which stay open; `seen` = how often the
    customer has kept back this fee before."""

    rule: str
    parts: tuple
    confidence: float
    kept: int = 0
    rest: int = 0
    rivals: int = 0  # other explanations as good
    early: tuple = ()
    short: int = 0
    seen: int = 0


class Finding(NamedTuple):
    """The best candidate of a receipt, if any; `barrier` says why it is not accepted (or not found) automatically."""

    receipt: int
    candidate: Candidate | None
    margin: float
    automatic: bool
    barrier: str
    named: tuple  # documents that the text names
    payer: int | None


def cents(amount, scale):
    """Whole cents of an amount; `scale` = cents in one unit.

    >>> cents(0.29, 100), cents(12, 1)
    (29, 12)
    """
    return int((Decimal(str(amount)) * scale).to_integral_value())


def learn(differences, seen=2):
    """The habit in [cents kept back in one receipt, ...], 0 = paid in full. A fee counts from the second time on.

    >>> learn([0, 25, 0, 25, 7])
    Habit(fees={25: 2}, receipts=5)
    """
    counts = defaultdict(int)
    for difference in differences:
        if difference > 0:
            counts[difference] += 1
    return Habit({fee: count for fee, count in counts.items() if count >= seen}, len(differences))


class Ledger:
    """Open items by customer, by key and by amount; `paid` = {key: strength} of documents that are settled."""

    def __init__(self, items, habits=None, paid=None):
        self.items = {item.id: item for item in items}
        self.habits = habits or {}
        self.paid = paid or {}
        self.by_partner, self.by_key, self.by_amount = defaultdict(list), defaultdict(list), defaultdict(list)
        self.away = defaultdict(list)  # of other branches, by customer
        for item in sorted(items, key=lambda item: (item.due, item.id)):
            (self.away if item.away else self.by_partner)[item.partner].append(item)
            self.by_amount[item.amount].append(item)
            for key, strength in item.keys.items():
                self.by_key[key].append((strength, item))

    def named(self, texts, payer):
        """Items that the texts name: ({item id: strength}, whether a settled document is named, whether another branch
        has given a number to the same customer as well: its invoice is passed over)."""
        found, settled, passed = {}, False, []
        for token in texts:
            hits = self.by_key.get(token, ())
            if payer:
                own = [hit for hit in hits if hit[1].partner == payer]
                hits = own or [hit for hit in hits if hit[0] >= receipt_reference.FULL]
            elif len({hit[1].partner for hit in hits}) > 1:
                hits = [hit for hit in hits if hit[0] >= receipt_reference.FULL]
            hits, lost = self._at_home(hits)
            passed += lost
            for strength, item in hits:
                if payer or strength > receipt_reference.SERIAL:
                    found[item.id] = max(strength, found.get(item.id, 0))
            settled = settled or (not hits and self.paid.get(token, 0) >= receipt_reference.NUMBER)
        found = self._strongest(found)
        twins = any(found.get(own, strength + 1) <= strength and away not in found for own, strength, away in passed)
        return found, settled, twins

    def _at_home(self, hits):
        """(hits without those of other branches that an own item of the same customer equals or outdoes, [(id of the
        own item, strength of the other, its id), ...])."""
        if not any(item.away for _strength, item in hits):
            return hits, []
        own = {}
        for strength, item in hits:
            if not item.away and strength > own.get(item.partner, (0, 0))[0]:
                own[item.partner] = (strength, item.id)
        kept, lost = [], []
        for strength, item in hits:
            best, best_id = own.get(item.partner, (0, 0))
            if item.away and strength <= best:
                lost.append((best_id, strength, item.id))
            else:
                kept.append((strength, item))
        return kept, lost

    def _strongest(self, found):
        """A serial number (123) names nothing where the text has a full number of its own for another document."""
        best = max(found.values(), default=0)
        if best > receipt_reference.SERIAL:
            strong = {item for item, strength in found.items() if strength > receipt_reference.SERIAL}
            documents = {self.items[item].document for item in strong}
            weak_twins = {
                key
                for item in strong
                for key, strength in self.items[item].keys.items()
                if strength == receipt_reference.SERIAL
            }
            return {
                item: strength
                for item, strength in found.items()
                if item in strong
                or self.items[item].document in documents
                or not weak_twins.intersection(self.items[item].keys)
            }
        return found
