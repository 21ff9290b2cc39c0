"""Which open invoices does a receipt pay? Pure rule, no Odoo; amounts are whole cents of one currency.

Each way to explain a receipt is a candidate with a rule and a confidence: how probable it is that the payer meant
exactly these items. A named invoice proves itself; an amount without a name proves as much as the number of other
subsets lets it (Bayes: every size of a subset has its prior, shared by all subsets of that size; against them stands
MISPAID, the chance that the amount is no exact sum at all and hits one by accident).

Accepted automatically is only what is the one exact explanation, above the threshold, with a margin to the second,
of a payer who is known, and not claimed by another receipt. Everything else is a proposal, or says why it is not.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from math import comb, gcd
from typing import NamedTuple

from . import receipt_reference, subset_sum

MISPAID = 0.01  # receipts that look like an exact sum of open items, but are something else (short, paid twice)
SIZE_PRIOR = (0.0, 0.55, 0.22, 0.11, 0.06, 0.04, 0.02)  # an unnamed receipt pays so many items
LARGER = 0.01  # ... or more of them: all, or the oldest few
NAMED = {receipt_reference.SERIAL: 0.97, receipt_reference.NUMBER: 0.998}
PROVED = 0.999  # full number or checked reference, and the amount
SHORT_SHARE = 0.7  # a receipt of less than this part of what it names is not explained by it
# rules: how the items were found
ADVICE, REFERENCE, DISCOUNT, FEE, SHORT = (
    "advice",
    "reference",
    "reference_discount",
    "reference_fee",
    "reference_short",
)
SOME, PLUS, OVER = "reference_some", "reference_plus", "reference_over"
AMOUNT, SUBSET, UNNAMED_DISCOUNT, UNNAMED_FEE = "amount", "subset", "amount_discount", "amount_fee"
PAYER, OLDEST = "amount_payer", "oldest"
BY_NAME = frozenset((ADVICE, REFERENCE, DISCOUNT, FEE, SHORT, SOME, PLUS, OVER))
RULES = (ADVICE, REFERENCE, DISCOUNT, FEE, SHORT, SOME, PLUS, OVER, AMOUNT, SUBSET)
RULES += (UNNAMED_DISCOUNT, UNNAMED_FEE, PAYER, OLDEST)
SUGGESTIONS = frozenset((OVER, PAYER, OLDEST))  # never accepted without a person
# why not automatic, or why nothing was found
UNSURE, TIED, OTHER_PAYER, CONTESTED, PAID, MANY, SUGGESTED, SWITCHED = (
    *("unsure", "tied", "other_payer", "contested", "paid", "many", "suggested", "switched"),
)
NO_PAYER, NOTHING_OPEN, NO_SUM, REFUSED = "no_payer", "nothing_open", "no_sum", "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """An open line: `amount` still open, + = the customer owes; `discount` is what may be kept back until
    `discount_date`; `keys` of its document, see receipt_reference.document_keys."""

    id: int
    partner: int
    document: int
    amount: int
    due: object
    keys: dict = field(default_factory=dict)
    discount: int = 0
    discount_date: object = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money received: `partner` None = payer unknown; `advice` = ((text, amount or None), ...) of a remittance advice;
    `refused` = sets of item ids that a person has refused for this receipt."""

    id: int
    partner: int | None
    amount: int
    date: object
    text: str = ""
    advice: tuple = ()
    refused: frozenset = frozenset()


@dataclass(frozen=True)
class Terms:
    """What a company allows: confidence and margin of the automatic match, cents that are no difference,
    rules switched off (by a person, or because they were wrong too often)."""

    threshold: float = 0.97
    margin: float = 0.5
    tolerance: int = 0
    off: frozenset = frozenset()


class Habit(NamedTuple):
    """How one customer pays: {cents kept back: how often} and the number of receipts it is taken from."""

    fees: dict
    receipts: int


class Candidate(NamedTuple):
    """`parts` = ((item id, cents), ...); `kept` = cents that the receipt is short of the items and that are not owed
    any more (discount, fee); `rest` = cents of the receipt that stay on account."""

    rule: str
    parts: tuple
    confidence: float
    kept: int = 0
    rest: int = 0
    rivals: int = 0  # other explanations as good


class Finding(NamedTuple):
    """The best candidate of a receipt, if any; `barrier` says why it is not accepted (or not found) automatically."""

    receipt: int
    candidate: Candidate | None
    margin: float
    automatic: bool
    barrier: str
    named: tuple  # documents that the text names
    payer: int | None


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
        for item in sorted(items, key=lambda item: (item.due, item.id)):
            self.by_partner[item.partner].append(item)
            self.by_amount[item.amount].append(item)
            for key, strength in item.keys.items():
                self.by_key[key].append((strength, item))

    def named(self, texts, payer):
        """Items that the texts name: ({item id: strength}, whether a settled document is named)."""
        found, settled = {}, False
        for token in texts:
            hits = self.by_key.get(token, ())
            if payer:
                own = [hit for hit in hits if hit[1].partner == payer]
                hits = own or [hit for hit in hits if hit[0] >= receipt_reference.FULL]
            elif len({hit[1].partner for hit in hits}) > 1:
                hits = [hit for hit in hits if hit[0] >= receipt_reference.FULL]
            for strength, item in hits:
                if payer or strength > receipt_reference.SERIAL:
                    found[item.id] = max(strength, found.get(item.id, 0))
            settled = settled or (not hits and self.paid.get(token, 0) >= receipt_reference.NUMBER)
        return self._strongest(found), settled

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


def match(receipts, ledger, terms=None):
    """{receipt id: Finding} for all receipts together; none of the items is promised twice automatically."""
    terms = terms or Terms()
    findings = {receipt.id: explain(receipt, ledger, terms) for receipt in receipts}
    claims = defaultdict(list)
    for finding in findings.values():
        if finding.candidate and finding.candidate.rule not in (OLDEST, PAYER):
            for item, amount in finding.candidate.parts:
                claims[item].append((finding.candidate.rule in BY_NAME, finding.receipt, amount))
    for item, claimed in claims.items():
        if len(claimed) > 1 and sum(amount for *_claim, amount in claimed) > ledger.items[item].amount:
            by_name = [receipt for named, receipt, _amount in claimed if named]
            for _named, receipt, _amount in claimed:
                if [receipt] != by_name:  # the only one that names the item keeps it
                    findings[receipt] = findings[receipt]._replace(automatic=False, barrier=CONTESTED)
    return findings


def explain(receipt, ledger, terms):
    """The Finding of one receipt, seen alone."""
    search = _Search(receipt, ledger, terms)
    candidates = [
        candidate
        for candidate in search.candidates()
        if frozenset(item for item, _amount in candidate.parts) not in receipt.refused
    ]
    candidates.sort(key=lambda candidate: -candidate.confidence)
    if not candidates:
        return Finding(receipt.id, None, 0.0, False, search.why_nothing(), search.documents, search.payer)
    best = candidates[0]
    second = next((other.confidence for other in candidates[1:] if _items(other) != _items(best)), 0.0)
    margin = best.confidence - second
    barrier = search.barrier(best, margin)
    return Finding(receipt.id, best, margin, not barrier, barrier, search.documents, search.payer)


def _items(candidate):
    return frozenset(item for item, _amount in candidate.parts)


class _Search:
    """All candidates of one receipt."""

    def __init__(self, receipt, ledger, terms):
        self.receipt, self.ledger, self.terms = receipt, ledger, terms
        texts = receipt_reference.tokens(receipt.text)
        advised = [token for text, _amount in receipt.advice for token in receipt_reference.tokens(text)]
        self.named, self.settled = ledger.named([*advised, *texts], receipt.partner)
        partners = {ledger.items[item].partner for item in self.named}
        self.payer = receipt.partner or (next(iter(partners)) if len(partners) == 1 else None)
        self.foreign = bool(receipt.partner) and bool(partners - {receipt.partner})
        self.own = ledger.by_partner.get(self.payer, []) if self.payer else []
        self.habit = ledger.habits.get(self.payer, Habit({}, 0))
        self.documents = tuple(dict.fromkeys(ledger.items[item].document for item in self.named))
        self.complete = True

    def candidates(self):
        found = []
        if self.named:
            found += self._named()
        if self.payer and not found:
            found += self._unnamed()
        if not self.payer and not found:
            found += self._by_amount()
        if self.payer and self.own and not any(candidate.rule in RULES[:3] for candidate in found):
            found += self._oldest()
        return found

    def barrier(self, best, margin):
        """Why a person has to decide, '' if nobody has to."""
        terms = self.terms
        if best.rule in SUGGESTIONS:
            return SUGGESTED
        if self.foreign:
            return OTHER_PAYER
        if self.receipt.refused:
            return REFUSED
        if best.rivals:
            return TIED
        if self.settled:
            return PAID
        if not self.complete:
            return MANY
        if best.rule in terms.off:
            return SWITCHED
        return "" if best.confidence >= terms.threshold and margin >= terms.margin else UNSURE

    def why_nothing(self):
        if self.receipt.refused:
            return REFUSED
        if self.settled:
            return PAID
        if not self.payer:
            return NO_PAYER
        return NO_SUM if self.own else NOTHING_OPEN

    # === NAMED === #

    def _named(self):
        """What the text or the advice names, against the amount."""
        items = [self.ledger.items[item] for item in self.named]
        items.sort(key=lambda item: (item.due, item.id))
        amount, total = self.receipt.amount, sum(item.amount for item in items)
        sure = min(NAMED.get(strength, PROVED) for strength in self.named.values())
        rule = ADVICE if self.receipt.advice else REFERENCE
        if total == amount:
            return [self._full(rule, items, sure)]
        kept = self._kept(items, total - amount)
        if kept:
            return [self._full(kept[0], items, sure * kept[1], kept=total - amount)]
        return self._some(items, sure) or (self._short(items, total, sure) if total > amount else self._more(items))

    def _kept(self, items, difference):
        """(rule, certainty) if the difference is a discount in time, a known fee or no difference, else None."""
        if difference <= 0:
            return None
        early = [item for item in items if self._discount(item)]
        if early and difference in (sum(self._discount(item) for item in early), *map(self._discount, early)):
            return DISCOUNT, 1.0
        if difference in self.habit.fees:
            return FEE, 0.997
        return (FEE, 0.995) if difference <= self.terms.tolerance else None

    def _discount(self, item):
        return item.discount if item.discount_date and self.receipt.date <= item.discount_date else 0

    def _some(self, items, sure):
        """Not all that is named: instalments of a document, or five named and three paid."""
        if len(items) < 2 or any(item.amount < 0 for item in items):
            return []
        found = subset_sum.find([item.amount for item in items], [self.receipt.amount])
        hits = [[items[index] for index in hit] for hit in found.hits[self.receipt.amount]]
        documents = {item.document for item in items}
        covering = [hit for hit in hits if {item.document for item in hit} == documents]
        hits, rule = (covering, REFERENCE) if covering else (hits, SOME)
        share = sure * (1.0 if rule == REFERENCE else 0.9) / max(len(hits), 1)
        return [self._full(rule, hit, share, rivals=len(hits) - 1) for hit in hits]

    def _short(self, items, total, sure):
        """Less than what is named: the oldest are paid first, the rest stays open."""
        if self.receipt.amount < SHORT_SHARE * total or any(item.amount < 0 for item in items):
            return []
        certainty = sure * (0.997 if len(items) == 1 else 0.95)
        return [Candidate(SHORT, self._fifo(items)[0], certainty)]

    def _more(self, items):
        """More than what is named: other items of the same customer explain the difference, or it stays on account."""
        named = {item.id for item in items}
        others = [item for item in self.own if item.id not in named and item.amount > 0]
        rest = self.receipt.amount - sum(item.amount for item in items)
        found = [
            self._full(PLUS, [*items, *hit], share, kept=kept, rivals=rivals)
            for hit, share, kept, rivals in self._subsets(others, rest)
        ]
        parts = tuple((item.id, item.amount) for item in items)
        return [*found, Candidate(OVER, parts, 0.4, rest=rest)]

    # === NOT NAMED === #

    def _unnamed(self):
        """Only payer and amount: one item, or the only subset that adds up."""
        items = [item for item in self.own if item.amount > 0]
        found = []
        for hit, share, kept, rivals in self._subsets(items, self.receipt.amount):
            rule = UNNAMED_FEE if kept else AMOUNT if len(hit) == 1 else SUBSET
            found.append(self._full(rule, hit, share, kept=kept, rivals=rivals))
        early = [item for item in items if self._discount(item)]
        if early and not found:
            found = self._discounted(items)
        return found

    def _discounted(self, items):
        cut = {item.id: self._discount(item) for item in items}
        paid = [Item(item.id, item.partner, item.document, item.amount - cut[item.id], item.due) for item in items]
        found = []
        for hit, share, kept, rivals in self._subsets(paid, self.receipt.amount, fees=False):
            originals = [self.ledger.items[item.id] for item in hit]
            kept = sum(cut[item.id] for item in hit)
            if kept:
                found.append(self._full(UNNAMED_DISCOUNT, originals, share, kept=kept, rivals=rivals))
        return found

    def _subsets(self, items, amount, fees=True):
        """[(items, confidence, cents kept, rivals)]: subsets that add up exactly or but for a known fee, best first."""
        if amount <= 0 or not items:
            return []
        known = [fee for fee in self.habit.fees if fees] if self.habit.receipts else []
        amounts = [item.amount for item in items]
        found = subset_sum.find(amounts, [amount, *(amount + fee for fee in known)])
        self.complete = self.complete and found.complete
        hits = [(hit, target - amount) for target, found_hits in found.hits.items() for hit in found_hits]
        if not hits:
            return []
        weights = [self._prior(len(hit), len(items)) * self._fee_share(kept) for hit, kept in hits]
        step = gcd(*amounts)
        accident = MISPAID * step / max(sum(amounts), step)
        total = sum(weights) + accident
        rivals = sum(1 for _hit, kept in hits if not kept) - 1
        answer = [
            ([items[index] for index in hit], weight / total, kept, max(rivals, 0) if not kept else len(hits) - 1)
            for (hit, kept), weight in zip(hits, weights, strict=True)
        ]
        return sorted(answer, key=lambda row: -row[1])

    def _prior(self, size, count):
        prior = SIZE_PRIOR[size] if size < len(SIZE_PRIOR) else LARGER
        return prior / comb(count, size) if size < len(SIZE_PRIOR) else prior / count

    def _fee_share(self, kept):
        if not kept:
            return 1.0
        return self.habit.fees[kept] / (self.habit.receipts + 1)

    def _by_amount(self):
        """Payer unknown: whose open item has this amount? Only ever a proposal."""
        items = [item for item in self.ledger.by_amount.get(self.receipt.amount, ()) if item.amount > 0][:4]
        share = 0.9 / len(items) if items else 0.0
        return [self._full(PAYER, [item], share, rivals=len(items) - 1) for item in items]

    def _oldest(self):
        """A suggestion: the oldest items first, what is left stays on account."""
        items = [item for item in self.own if item.amount > 0]
        parts, rest = self._fifo(items)
        return [Candidate(OLDEST, parts, 0.05, rest=rest)] if parts else []

    # === PARTS === #

    def _fifo(self, items):
        """(parts, cents left): the receipt's amount on the items in their order."""
        left, parts = self.receipt.amount, []
        for item in items:
            if left <= 0:
                break
            part = min(item.amount, left)
            parts.append((item.id, part))
            left -= part
        return tuple(parts), max(left, 0)

    def _full(self, rule, items, confidence, kept=0, rivals=0):
        return Candidate(rule, tuple((item.id, item.amount) for item in items), confidence, kept, 0, rivals)
