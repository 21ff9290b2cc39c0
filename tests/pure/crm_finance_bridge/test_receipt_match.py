"""Receipts against open items: the sums against brute force, the references, each rule, and the hard ledger."""

import datetime
import doctest
import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

from suite import hard_receipts  # noqa: E402

match = importlib.import_module("suite_tools.crm_finance_bridge.receipt_match")
ledger = importlib.import_module("suite_tools.crm_finance_bridge.receipt_ledger")
reference = importlib.import_module("suite_tools.crm_finance_bridge.receipt_reference")
sums = importlib.import_module("suite_tools.crm_finance_bridge.subset_sum")
DAY = datetime.date(2026, 3, 2)


def item(number, amount, partner=1, name=None, due=0, **values):
    keys = reference.document_keys(name or f"INV/2026/{number:05d}")
    return match.Item(
        number, partner, values.pop("document", number), amount, DAY + datetime.timedelta(due), keys, **values
    )


def one(items, amount, text="", partner=1, terms=None, habits=None, paid=None, **values):
    receipt = match.Receipt(1, partner, amount, DAY, text, **values)
    return match.match([receipt], match.Ledger(items, habits, paid), terms)[1]


def paid_by(finding):
    return dict(finding.candidate.parts)


@pytest.mark.parametrize("module", [ledger, reference, sums])
def test_doctests(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@given(
    st.lists(st.integers(min_value=-30, max_value=60).filter(bool), max_size=9),
    st.integers(min_value=1, max_value=200),
)
def test_sums_equal_brute_force(amounts, target):
    """R166: the fast search finds exactly the subsets that trying all finds."""
    oracle = sums.brute_force(amounts, target)
    found = sums.find(amounts, [target], limit=10**6)
    assert found.complete
    ours = {hit for hit in found.hits[target] if len(hit) <= sums.MAX_TERMS}
    assert ours == set(oracle)


def test_many_items_are_not_said_to_be_searched():
    """R166: among too many items the search says that it is not complete."""
    found = sums.find([*range(100, 140)], [139, 201, sum(range(100, 140))])
    assert not found.complete
    assert (39,) in found.hits[139]
    assert found.hits[201][0] == (0, 1)
    assert found.hits[sum(range(100, 140))] == [tuple(range(40))]


@pytest.mark.parametrize(
    "text",
    ["INV/2026/00123", "inv 2026 00123", "Pay INV202600123 thanks", "2026-00123", "ref:2026/00123;IBAN DE0212030000"],
)
def test_a_number_is_found_however_it_is_written(text):
    """R166: the number of an invoice is found inside a text."""
    keys = reference.document_keys("INV/2026/00123")
    assert max(keys.get(token, 0) for token in reference.tokens(text)) >= reference.NUMBER


def test_named_exactly():
    """R166: what is named and adds up is automatic, and says what it is short of nothing."""
    finding = one([item(1, 6000), item(2, 8000), item(3, 14000)], 14000, "INV/2026/00001 + 2026/00002")
    assert (finding.candidate.rule, finding.automatic, finding.barrier) == ("reference", True, "")
    assert paid_by(finding) == {1: 6000, 2: 8000}


def test_amount_alone():
    """R166: one item of this amount is automatic, two of the same are tied, a sum of others too."""
    finding = one([item(1, 6123), item(2, 8047)], 6123)
    assert (finding.candidate.rule, finding.automatic) == ("amount", True)
    finding = one([item(1, 6123), item(2, 6123)], 6123)
    assert (finding.automatic, finding.barrier, finding.candidate.rivals) == (False, "tied", 1)
    finding = one([item(1, 6000), item(2, 8000), item(3, 14000)], 14000)
    assert (finding.automatic, finding.barrier) == (False, "tied")


def test_unknown_payer_is_never_automatic_by_amount():
    """R166: an amount alone names no payer; a number does."""
    finding = one([item(1, 6123, partner=4)], 6123, partner=None)
    assert (finding.candidate.rule, finding.automatic, finding.barrier) == ("amount_payer", False, "suggested")
    finding = one([item(1, 6123, partner=4)], 6123, "INV/2026/00001", partner=None)
    assert (finding.candidate.rule, finding.automatic, finding.payer) == ("reference", True, 4)


def test_other_payers_invoice():
    """R166: who pays another customer's invoice is asked about."""
    finding = one([item(1, 6123, partner=4), item(2, 100, partner=1)], 6123, "INV/2026/00001")
    assert (finding.automatic, finding.barrier) == (False, "other_payer")
    assert paid_by(finding) == {1: 6123}


def test_discount_fee_tolerance():
    """R166: early-payment discount in time, the fee this customer keeps back, and the company's tolerance."""
    early = item(1, 10000, discount=200, discount_date=DAY)
    finding = one([early], 9800, "INV/2026/00001")
    assert (finding.candidate.rule, finding.candidate.kept, finding.automatic) == ("reference_discount", 200, True)
    late = item(1, 10000, discount=200, discount_date=DAY - datetime.timedelta(1))
    assert one([late], 9800, "INV/2026/00001").candidate.rule == "reference_short"
    habits = {1: match.learn([0, 125, 0, 125])}
    finding = one([item(1, 10000)], 9875, "INV/2026/00001", habits=habits)
    assert (finding.candidate.rule, finding.candidate.kept) == ("reference_fee", 125)
    finding = one([item(1, 10000), item(2, 7777)], 9875, habits=habits)
    assert (finding.candidate.rule, finding.candidate.kept) == ("amount_fee", 125)
    finding = one([item(1, 10000)], 9997, "INV/2026/00001", terms=match.Terms(tolerance=5))
    assert (finding.candidate.rule, finding.candidate.kept) == ("reference_fee", 3)
    finding = one([early, item(2, 5055)], 9800)
    assert (finding.candidate.rule, finding.candidate.kept) == ("amount_discount", 200)


def test_discount_says_of_which_items():
    """R166: of all that is named, of one of them, and two of them alike are not told apart."""
    text = "INV/2026/00001 INV/2026/00002"
    first, second = (item(number, 100 * off, discount=off, discount_date=DAY) for number, off in ((1, 200), (2, 100)))
    assert one_early([first, second], 29700, text) == ((1, 2), "")
    assert one_early([first, second], 29800, text) == ((1,), "")
    assert one_early([first, second], 29900, text) == ((2,), "")
    twin = item(2, 20000, discount=200, discount_date=DAY)
    assert one_early([first, twin], 39800, text) == ((1,), "tied")
    assert one_early([first, item(2, 5055)], 19800, "") == ((1,), "")


def one_early(items, amount, text):
    finding = one(items, amount, text)
    return finding.candidate.early, finding.barrier


def test_short_plus_and_over():
    """R166: short of what is named, more than what is named, and what stays on account."""
    finding = one([item(1, 10000), item(2, 555)], 9100, "INV/2026/00001")
    assert (finding.candidate.rule, paid_by(finding)) == ("reference_short", {1: 9100})
    finding = one([item(1, 10000), item(2, 5501), item(3, 7702)], 15501, "INV/2026/00001")
    assert (finding.candidate.rule, paid_by(finding)) == ("reference_plus", {1: 10000, 2: 5501})
    finding = one([item(1, 10000)], 15501, "INV/2026/00001")
    assert (finding.candidate.rule, finding.candidate.rest, finding.automatic) == ("reference_over", 5501, False)


def test_instalments_of_one_document():
    """R166: the number names the invoice, the amount the instalment."""
    first = item(1, 3000, document=7, name="INV/2026/00007")
    second = item(2, 7000, document=7, name="INV/2026/00007", due=30)
    finding = one([first, second], 7000, "INV/2026/00007")
    assert (finding.candidate.rule, paid_by(finding), finding.automatic) == ("reference", {2: 7000}, True)


def test_credit_note_named_with_invoices():
    """R166: invoices less a credit note that the payer names."""
    finding = one([item(1, 10000), item(2, -1500, name="RINV/2026/00044")], 8500, "INV/2026/00001, RINV/2026/00044")
    assert (finding.candidate.rule, paid_by(finding)) == ("reference", {1: 10000, 2: -1500})


def test_remittance_advice():
    """R166: the advice names what the bank's text does not."""
    advice = (("INV/2026/00001", 10000), ("INV/2026/00003", 7702))
    finding = one([item(1, 10000), item(2, 7702), item(3, 7702)], 17702, "our transfer", advice=advice)
    assert (finding.candidate.rule, finding.automatic, paid_by(finding)) == ("advice", True, {1: 10000, 3: 7702})


def listed(items, amount, *lines, **values):
    texts = tuple((f"INV/2026/{number:05d}", paid) for number, paid in lines)
    finding = one(items, amount, "our transfer", advice=texts, **values)
    return finding.candidate.rule, paid_by(finding), finding.barrier


def test_amounts_of_the_advice():
    """R166: what the payer's list says of each invoice is settled: parts, instalments, credit notes, and no more."""
    items = [item(1, 10000), item(2, 5000)]
    assert listed(items, 10000, (2, 2000), (1, 8000)) == ("advice_parts", {2: 2000, 1: 8000}, "")
    assert listed(items, 12000, (1, 8000), (2, 4000)) == ("advice_parts", {1: 8000, 2: 4000}, "")
    both = [item(1, 3000, document=7), item(2, 7000, document=7, name="INV/2026/00001", due=30), item(3, 500)]
    assert listed(both, 7400, (1, 7000), (3, 400)) == ("advice_parts", {2: 7000, 3: 400}, "")
    assert listed([*items, item(3, -1500)], 7000, (1, 8000), (3, -1000))[1] == {1: 8000, 3: -1000}
    assert listed(items, 13000, (1, 8000), (9, 5000)) == ("reference_over", {1: 8000}, "suggested")


def test_discount_and_advice_agree():
    """R166: a discount is taken on the invoice that the list shortens; another shortage is a part."""
    first, twin = (item(number, 10000, discount=200, discount_date=DAY) for number in (1, 2))
    finding = one([first, twin], 19800, "our transfer", advice=(("INV/2026/00001", 10000), ("INV/2026/00002", 9800)))
    assert (finding.candidate.rule, finding.candidate.early, finding.barrier) == ("reference_discount", (2,), "")
    assert listed([first, item(3, 5000)], 14800, (1, 10000), (3, 4800))[0] == "advice_parts"


def test_discount_beside_a_part_payment():
    """R166: what the list shortens by its discount in time is settled; what it shortens otherwise is paid in part."""
    early, late = (
        item(number, 10000, discount=200, discount_date=DAY + datetime.timedelta(days))
        for number, days in ((1, 0), (4, -1))
    )
    half = item(2, 8000)
    finding = one([early, half], 14800, "us", advice=(("INV/2026/00001", 9800), ("INV/2026/00002", 5000)))
    assert (finding.candidate.rule, finding.candidate.early, finding.barrier) == ("reference_discount", (1,), "")
    assert (paid_by(finding), finding.candidate.kept) == ({1: 10000, 2: 5000}, 200)
    others = [item(number, 100 * off, discount=off, discount_date=DAY) for number, off in ((2, 300), (3, 100))]
    lines = (("INV/2026/00001", 9800), ("INV/2026/00002", 29700), ("INV/2026/00003", 10000))
    finding = one([early, *others], 49500, "us", advice=lines)
    assert (finding.candidate.rule, finding.candidate.early, finding.barrier) == ("reference_discount", (1, 2), "")
    assert (paid_by(finding), finding.candidate.kept) == ({1: 10000, 2: 30000, 3: 10000}, 500)
    assert listed([late, half], 14800, (4, 9800), (2, 5000)) == ("advice_parts", {4: 9800, 2: 5000}, "")
    assert listed([early, half], 14700, (1, 9700), (2, 5000)) == ("advice_parts", {1: 9700, 2: 5000}, "")


def test_fee_above_the_limit():
    """R166: a known fee passes alone up to the company's limit, and says how often it was kept back."""
    habits = {1: match.learn([0, 125, 125, 125])}
    for limit, barrier in ((125, ""), (124, "large_fee")):
        finding = one([item(1, 10000)], 9875, "INV/2026/00001", habits=habits, terms=match.Terms(fee_limit=limit))
        assert (finding.candidate.rule, finding.candidate.seen, finding.barrier) == ("reference_fee", 3, barrier)


def test_items_of_another_branch():
    """R166: named they are as good as others; by amount the own come first, and theirs are for a person."""
    away = item(2, 6123, away=True)
    assert one([away], 6123, "INV/2026/00002").automatic
    finding = one([away], 6123)
    assert (finding.candidate.rule, finding.barrier) == ("amount", "branch")
    finding = one([item(1, 6123), away], 6123)
    assert (paid_by(finding), finding.automatic) == ({1: 6123}, True)
    assert one([away], 555).candidate.rule == "oldest"


def test_same_number_in_another_branch():
    """R166: a number that a branch has given as well names the own invoice; what does not agree is for a person."""
    own, away = item(1, 10000), item(2, 8000, name="INV/2026/00001", away=True)
    text = "INV/2026/00001"
    finding = one([own, away], 10000, text)
    assert (finding.candidate.rule, paid_by(finding), finding.barrier) == ("reference", {1: 10000}, "")
    for amount in (18000, 8000, 9000):
        assert not one([own, away], amount, text).automatic, amount
    assert listed([own, away], 8000, (1, 8000))[2] == "unsure"
    assert one([own], 9000, text).automatic
    alike = item(2, 8000, name="BNV/2026/00101", away=True)
    assert one([item(101, 10000), alike], 9000, "INV/2026/00101").automatic, "only the serial number is the same"
    assert not one([item(101, 10000), alike], 9000, "2026-00101").automatic
    finding = one([item(1, 10000, partner=5), away], 8000, text, partner=None)
    assert not finding.automatic, "of another customer: both may be meant"
    assert one([item(1, 10000, name="SO/00001"), away], 8000, text).automatic


def test_credit_note_claimed_twice():
    """R166: two receipts that each deduct the same credit note are contested."""
    items = [item(1, 10000), item(2, 20000), item(3, -2000, name="RINV/2026/00044")]
    texts = {1: (8000, "INV/2026/00001 RINV/2026/00044"), 2: (18000, "INV/2026/00002 RINV/2026/00044")}
    receipts = [match.Receipt(number, 1, amount, DAY, text) for number, (amount, text) in texts.items()]
    found = match.match(receipts, match.Ledger(items))
    assert [found[number].barrier for number in (1, 2)] == ["contested", "contested"]
    assert match.match(receipts[:1], match.Ledger(items))[1].automatic


def test_contested_paid_twice_and_refused():
    """R166: an item is promised once; a settled number is a double payment; a refused match does not come back."""
    receipts = [match.Receipt(number, 1, 6123, DAY) for number in (1, 2)]
    found = match.match(receipts, match.Ledger([item(1, 6123)]))
    assert [found[number].barrier for number in (1, 2)] == ["contested", "contested"]
    receipts[1] = match.Receipt(2, 1, 6123, DAY, "INV/2026/00001")
    found = match.match(receipts, match.Ledger([item(1, 6123)]))
    assert [(found[number].automatic, found[number].barrier) for number in (1, 2)] == [(False, "contested"), (True, "")]
    paid = reference.document_keys("INV/2026/00009")
    finding = one([item(1, 6123)], 6123, "INV/2026/00009", paid=paid)
    assert (finding.automatic, finding.barrier) == (False, "paid")
    finding = one([item(1, 6123)], 6123, refused=frozenset([frozenset([1])]))
    assert (finding.candidate, finding.barrier) == (None, "refused")


@pytest.mark.parametrize(
    ("values", "barrier"),
    [({"partner": None}, "no_payer"), ({"partner": 8}, "nothing_open"), ({"amount": 0}, "no_sum")],
)
def test_why_not_matched(values, barrier):
    """R166: a receipt that nothing explains says why."""
    finding = one([item(1, 6123)], **{"amount": 555, **values})
    assert (finding.candidate, finding.barrier) == (None, barrier)


def test_rule_switched_off():
    """R166: a rule that was wrong too often only proposes."""
    finding = one([item(1, 6123)], 6123, terms=match.Terms(off=frozenset(["amount"])))
    assert (finding.automatic, finding.barrier) == (False, "switched")


@given(
    st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=8), st.integers(min_value=1, max_value=320)
)
def test_what_is_automatic_adds_up(amounts, amount):
    """R166: parts are within their items, and parts - kept + rest is the receipt, to the cent."""
    finding = one([item(number, part) for number, part in enumerate(amounts, 1)], amount)
    if finding.candidate:
        parts, candidate = paid_by(finding), finding.candidate
        assert all(0 < part <= amounts[number - 1] for number, part in parts.items())
        assert sum(parts.values()) - candidate.kept + candidate.rest == amount
    if finding.automatic:
        assert len(sums.brute_force(amounts, amount)) == 1


@pytest.mark.skipif(hard_receipts.ledger() is None, reason="../shared/data/receivables.csv is not here")
def test_precision_on_the_hard_ledger():
    """R166: 99.5 % of the automatic matches are right, in all and for each rule used often; most are automatic."""
    played = [pair for seed in (1, 2) for pair in hard_receipts.replay(match, reference, seed)]
    tiers, rules = hard_receipts.verdict(played)
    assert tiers["all"]["automatic"] > 0.85 * tiers["all"]["receipts"]
    for group in (tiers["all"], *(rule for rule in rules.values() if rule["automatic"] >= 400)):
        assert group["right"] >= 0.995 * group["automatic"]
    assert tiers["named"]["right"] >= 0.98 * tiers["named"]["receipts"]
    assert tiers["no reference, payer unknown"]["automatic"] == 0


def test_claims_over_several_ledgers():
    """R166: findings of two ledgers that name one item are contested together."""
    text = "INV/2026/00001"
    found = {}
    for number in (1, 2):
        found |= match.match([match.Receipt(number, 1, 6123, DAY, text)], match.Ledger([item(1, 6123)]))
    assert [found[number].automatic for number in (1, 2)] == [True, True]
    again = match.contest(found, {1: 6123})
    assert [again[number].barrier for number in (1, 2)] == ["contested", "contested"]
