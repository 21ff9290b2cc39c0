"""Which open invoices does a receipt pay? Pure rule, no Odoo; amounts are whole cents of one currency.

Each way to explain a receipt is a candidate with a rule and a confidence: how probable it is that the payer meant
exactly these items. A named invoice proves itself; an amount without a name proves as much as the number of other
subsets lets it (Bayes: every size of a subset has its prior, shared by all subsets of that size; against them stands
MISPAID, the chance that the amount is no exact sum at all and hits one by accident).

Accepted automatically is only what is the one exact explanation, above the threshold, with a margin to the second,
of a payer who is known, and not claimed by another receipt. Everything else is a proposal, or says why it is not.
"""

from collections import defaultdict
from math import comb, gcd

from . import receipt_reference, subset_sum
from .receipt_ledger import (  # noqa: F401 - the rule is used through this module
    ADVICE,
    AMOUNT,
    BRANCH,
    BY_NAME,
    CONTESTED,
    DISCOUNT,
    EXACT,
    FEE,
    LARGE_FEE,
    MANY,
    NO_PAYER,
    NO_SUM,
    NOTHING_OPEN,
    OLDEST,
    OTHER_PAYER,
    OVER,
    PAID,
    PARTS,
    PAYER,
    PLUS,
    REFERENCE,
    REFUSED,
    RULES,
    SHORT,
    SOME,
    SUBSET,
    SUGGESTED,
    SUGGESTIONS,
    SWITCHED,
    TIED,
    UNNAMED_DISCOUNT,
    UNNAMED_FEE,
    UNSURE,
    Candidate,
    Finding,
    Habit,
    Item,
    Ledger,
    Receipt,
    Terms,
    learn,
)

MISPAID = 0.01  # receipts that look like an exact sum of open items, but are something else (short, paid twice)
SIZE_PRIOR = (0.0, 0.55, 0.22, 0.11, 0.06, 0.04, 0.02)  # an unnamed receipt pays so many items
LARGER = 0.01  # ... or more of them: all, or the oldest few
NAMED = {receipt_reference.SERIAL: 0.97, receipt_reference.NUMBER: 0.998}
PROVED = 0.999  # full number or checked reference, and the amount
PRECISION = 0.995  # what is promised of automatic matches
SHORT_SHARE = 0.7  # a receipt of less than this part of what it names is not explained by it


def match(receipts, ledger, terms=None):
    """{receipt id: Finding} for all receipts together; none of the items is promised twice automatically."""
    terms = terms or Terms()
    findings = {receipt.id: explain(receipt, ledger, terms) for receipt in receipts}
    return contest(findings, {item.id: item.amount for item in ledger.items.values()})


def contest(findings, amounts):
    """The findings {receipt id: Finding}, none automatic whose items others claim too; `amounts` = {item id: cents}.

    Asked again over the findings of several ledgers it only ever takes back more.
    """
    findings, claims = dict(findings), defaultdict(list)
    for finding in findings.values():
        if finding.candidate and finding.candidate.rule not in (OLDEST, PAYER):
            for item, amount in finding.candidate.parts:
                claims[item].append((finding.candidate.rule in BY_NAME, finding.receipt, amount))
    for item, claimed in claims.items():
        # absolutes: of a credit note (below zero) no more is used than it has either
        if len(claimed) > 1 and abs(sum(amount for *_claim, amount in claimed)) > abs(amounts[item]):
            by_name = [receipt for named, receipt, _amount in claimed if named]
            for _named, receipt, _amount in claimed:
                if [receipt] != by_name:  # the only one that names the item keeps it
                    findings[receipt] = findings[receipt]._replace(automatic=False, barrier=CONTESTED)
    return findings


def braked(automatic, undone):
    """Whether a rule may not accept alone any more: at least two of its matches were undone, over 0.5 % of all.

    >>> braked(100, 1), braked(100, 2), braked(1000, 5)
    (False, True, False)
    """
    return undone >= 2 and undone > (1 - PRECISION) * automatic


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
        self.named, self.settled, self.twins = ledger.named([*advised, *texts], receipt.partner)
        self.named.pop(receipt.own, None)  # a credit note names itself
        partners = {ledger.items[item].partner for item in self.named}
        self.payer = receipt.partner or (next(iter(partners)) if len(partners) == 1 else None)
        self.foreign = bool(receipt.partner) and bool(partners - {receipt.partner})
        self.own = ledger.by_partner.get(self.payer, []) if self.payer else []
        self.away = ledger.away.get(self.payer, []) if self.payer else []
        self.habit = ledger.habits.get(self.payer, Habit({}, 0))
        self.documents = tuple(dict.fromkeys(ledger.items[item].document for item in self.named))
        self.complete = True

    def candidates(self):
        found = []
        if self.named:
            found += self._named()
        if self.payer and not found:
            found += self._unnamed(self.own) or (self._unnamed([*self.own, *self.away]) if self.away else [])
        if not self.payer and not found:
            found += self._by_amount()
        if (self.own or self.away) and not any(candidate.rule in EXACT for candidate in found):
            found += self._oldest()
        return found

    def barrier(self, best, margin):
        """Why a person has to decide, '' if nobody has to."""
        terms = self.terms
        if self.foreign:
            return OTHER_PAYER
        if self.receipt.refused:
            return REFUSED
        if best.rivals:
            return TIED
        if best.rule in SUGGESTIONS or not (self.receipt.money or best.rule in BY_NAME):
            return SUGGESTED
        if best.rule not in BY_NAME and any(self.ledger.items[item].away for item, _amount in best.parts):
            return BRANCH
        if best.kept > max(terms.tolerance, terms.fee_limit) and best.rule not in (DISCOUNT, UNNAMED_DISCOUNT):
            return LARGE_FEE
        if self.settled:
            return PAID
        if not self.complete:
            return MANY
        if best.rule in terms.off:
            return SWITCHED
        if self.twins and not (best.rule in EXACT and self._is_whole(best)):
            return UNSURE  # the invoice of this number in another branch may be meant
        return "" if best.confidence >= terms.threshold and margin >= terms.margin else UNSURE

    def _is_whole(self, candidate):
        return all(amount == self.ledger.items[item].amount for item, amount in candidate.parts)

    def why_nothing(self):
        if self.receipt.refused:
            return REFUSED
        if self.settled:
            return PAID
        if not self.payer:
            return NO_PAYER
        return NO_SUM if self.own or self.away else NOTHING_OPEN

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
        parts, rest = self._listed()
        below = {item for item, part in parts.items() if abs(part) < abs(self.ledger.items[item].amount)}
        listed = bool(parts) and not rest
        early, rivals = self._early(items, total - amount, below if listed else None)
        if early:
            return [self._full(DISCOUNT, items, sure, total - amount, rivals, early)]
        shortened = [item for item in items if listed and item.id in below]
        cut = [item for item in shortened if parts[item.id] == item.amount - self._discount(item)]
        if sum(self._discount(item) for item in cut) > 0:
            return [self._cut(parts, cut, sure)]
        fee = self._fee(total - amount)
        if fee:
            return [self._full(FEE, items, sure * fee, total - amount)]
        if listed:
            return [Candidate(PARTS if below else ADVICE, tuple(parts.items()), sure)]
        if below and rest > 0:
            return [Candidate(OVER, tuple(parts.items()), 0.4, rest=rest)]
        return self._some(items, sure) or (self._short(items, total, sure) if total > amount else self._more(items))

    def _listed(self):
        """({item id: cents}, cents that no item takes): what the payer's own list says of each invoice.

        Of an invoice in instalments the one with this amount, else the oldest. Empty where a line is ambiguous, or
        where the lines do not make the receipt's amount.
        """
        parts, rest = {}, 0
        for text, amount in self.receipt.advice:
            left = amount or 0
            named, *_others = self.ledger.named(receipt_reference.tokens(text), self.receipt.partner)
            items = [self.ledger.items[item] for item in named if item != self.receipt.own]
            if len({item.document for item in items}) > 1:
                return {}, 0
            for item in sorted(items, key=lambda item, left=left: (item.amount != left, item.due, item.id)):
                free = item.amount - parts.get(item.id, 0)
                if left and free and (left > 0) == (free > 0):
                    part = min(left, free, key=abs)
                    parts[item.id] = parts.get(item.id, 0) + part
                    left -= part
            rest += left
        return (parts, rest) if sum(parts.values()) + rest == self.receipt.amount else ({}, 0)

    def _early(self, items, difference, below):
        """(items discounted, rivals) if the difference is the discount in time of all or of one of the items, else
        ([], 0). `below` = ids of those that the payer's list pays in part, None where no list says it."""
        if difference <= 0:
            return [], 0
        early = [item for item in items if self._discount(item)]
        whole = below is None or below == {item.id for item in early}
        if early and whole and difference == sum(self._discount(item) for item in early):
            return early, 0
        alone = [item for item in early if difference == self._discount(item) and below in (None, {item.id})]
        return alone[:1], max(len(alone) - 1, 0)

    def _cut(self, parts, cut, sure):
        """The payer's list shortens some items by their discount in time, others by something else: the first are
        settled, the others are paid in part."""
        paid = parts | {item.id: item.amount for item in cut}
        kept = sum(self._discount(item) for item in cut)
        short = sum(self.ledger.items[item].amount - part for item, part in paid.items())
        return Candidate(DISCOUNT, tuple(paid.items()), sure, kept, short=short, early=tuple(item.id for item in cut))

    def _fee(self, difference):
        """How certain it is that the difference is a known fee or no difference, 0.0 if it is neither."""
        if difference <= 0:
            return 0.0
        return 0.997 if difference in self.habit.fees else 0.995 if difference <= self.terms.tolerance else 0.0

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
        too_short = self.receipt.money and self.receipt.amount < SHORT_SHARE * total
        if too_short or any(item.amount < 0 for item in items):
            return []
        certainty = sure * (0.997 if len(items) == 1 else 0.95)
        return [Candidate(SHORT, self._fifo(items)[0], certainty, short=total - self.receipt.amount)]

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

    def _unnamed(self, items):
        """Only payer and amount: one item, or the only subset that adds up."""
        items = [item for item in items if item.amount > 0]
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
                early = [item for item in originals if cut[item.id]]
                found.append(self._full(UNNAMED_DISCOUNT, originals, share, kept, rivals, early))
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
        items = [item for item in self.own or self.away if item.amount > 0]
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

    def _full(self, rule, items, confidence, kept=0, rivals=0, early=()):
        parts = tuple((item.id, item.amount) for item in items)
        seen = 0 if early else self.habit.fees.get(kept, 0)
        return Candidate(rule, parts, confidence, kept, 0, rivals, tuple(item.id for item in early), seen=seen)
