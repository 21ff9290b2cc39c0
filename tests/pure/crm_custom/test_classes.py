import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

classes = importlib.import_module("suite_tools.crm_custom.classes")
scores = importlib.import_module("suite_tools.crm_custom.scores")

amounts = st.none() | st.decimals(0, 10**6, places=2).map(float)
facts = st.builds(
    classes.Facts,
    role=st.sampled_from([None, "agent", "franchisee", "direct"]),
    basis_value=st.decimals(-1000, 10**6, places=2).map(float),
    rank=st.none() | st.integers(1, 50),
    ranked=st.just(50),
    years=st.tuples(amounts, amounts, amounts),
    loyalty=st.none() | st.floats(0, 100),
    cooperation=st.none() | st.floats(0, 100),
)


def test_examples():
    """R047, R048, R049: the examples in the rule's own text hold."""
    for module in (classes, scores):
        result = doctest.testmod(module)
        assert result.attempted and not result.failed


@given(facts)
def test_every_customer_has_exactly_one_class_with_a_rule(one):
    """R047, R048, R049: priority A, B, C; class C always names at least one failing criterion."""
    verdict = classes.judge(one, classes.Policy())
    assert verdict.customer_class == {"always": "a", "top_share": "a", "growth": "b", "rest": "c"}[verdict.rule]
    assert bool(verdict.failing) == (verdict.rule == "rest")
    if one.role == "agent":
        assert verdict.rule == "always"


@given(facts)
def test_without_two_growth_rates_nobody_is_b(one):
    """R048: under two full years of history: not B."""
    if None in classes.growths(one.years):
        assert classes.judge(one, classes.Policy()).customer_class != "b"


@given(facts, st.floats(0, 100), st.floats(0, 100))
def test_a_larger_share_never_takes_class_a_away(one, small, large):
    """R047: the top share is monotone."""
    small, large = sorted((small, large))
    if classes.judge(one, classes.Policy(share_pct=small)).customer_class == "a":
        assert classes.judge(one, classes.Policy(share_pct=large)).customer_class == "a"


@given(st.lists(st.integers(0, 20), min_size=1))
def test_percentile_scores_average_to_fifty(values):
    """R056: ties counted half, the mean percentile of all customers is 50."""
    found = [scores.percentile_score(value, values) for value in values]
    assert abs(sum(found) / len(found) - 50) < 1e-9
    assert all(0 <= score <= 100 for score in found)


@given(st.lists(st.tuples(st.integers(0, 100), st.none() | st.integers(0, 100)), min_size=1))
def test_total_lies_between_the_parts(parts):
    """R056: the score is a mean of its parts; parts without data leave it."""
    total, coverage = scores.total_score(parts)
    known = [score for weight, score in parts if score is not None and weight]
    if total is None:
        assert not known
    else:
        assert min(known) - 1e-9 <= total <= max(known) + 1e-9
    assert 0 <= coverage <= 100
