from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import touches

NOON = datetime(2026, 3, 2, 12)
Hit = touches.Hit


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def click(number, seconds, trace=1, link=1, ip=None, sent=0):
    return Hit(number, at(seconds), trace, link, ip, at(sent))


def test_a_person_counts_and_a_machine_does_not():
    person, robot = click(1, 60), click(2, 2, trace=2)
    assert touches.judge([person, robot]) == {1: None, 2: "bot"}


def test_all_links_of_a_mail_at_once_are_a_scanner():
    scan = [click(number, 60 + number, link=number) for number in range(3)]
    slow = [click(10 + number, 600 + 40 * number, trace=2, link=number) for number in range(3)]
    verdict = touches.judge(scan + slow)
    assert [verdict[hit.id] for hit in scan] == ["scanner"] * 3
    assert [verdict[hit.id] for hit in slow] == [None] * 3


def test_one_address_for_many_recipients_is_a_burst():
    burst = [click(number, 100 + number, trace=number, ip="192.0.2.1") for number in range(5)]
    office = [click(10 + number, 500 + 30 * number, trace=20 + number, ip="192.0.2.2") for number in range(5)]
    verdict = touches.judge(burst + office)
    assert {verdict[hit.id] for hit in burst} == {"burst"}
    assert {verdict[hit.id] for hit in office} == {None}


def test_the_open_of_a_machines_click_is_the_machines():
    hits = [click(1, 60), click(2, 61, link=2), click(3, 61, link=3), Hit(4, at(61), 1, None, None, at(0))]
    assert touches.judge(hits)[4] == "bot"
    assert touches.judge([Hit(4, at(61), 1, None, None, at(0)), click(1, 61)])[4] is None


def test_the_same_link_again_is_a_repetition_until_ten_minutes_later():
    hits = [click(1, 60), click(2, 61), click(3, 600), click(4, 700), click(5, 62, link=2)]
    assert touches.judge(hits) == {1: None, 2: "duplicate", 3: "duplicate", 4: None, 5: None}


def test_no_time_of_sending_is_no_reason():
    assert touches.judge([Hit(1, at(0), 1, 1, None, None)]) == {1: None}


hits = st.lists(
    st.builds(
        lambda seconds, trace, link, ip: (seconds, trace, link, ip),
        st.integers(0, 1500),
        st.integers(1, 6),
        st.none() | st.integers(1, 4),
        st.none() | st.sampled_from(["192.0.2.1", "192.0.2.2"]),
    ),
    max_size=30,
).map(lambda rows: [Hit(n, at(s), t, k, ip, at(0)) for n, (s, t, k, ip) in enumerate(rows)])


@given(hits, st.randoms())
def test_order_does_not_matter_and_somebody_first_counts(rows, random):
    verdict = touches.judge(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert touches.judge(shuffled) == verdict
    for row in rows:
        if verdict[row.id] == "duplicate":
            earlier = [
                other for other in rows
                if (other.trace, other.link) == (row.trace, row.link) and verdict[other.id] is None
                and timedelta(0) <= row.date - other.date < touches.REPEAT
            ]  # fmt: skip
            assert earlier


@given(hits)
def test_valid_touches_of_one_link_are_apart(rows):
    verdict = touches.judge(rows)
    counted = sorted((row.trace, str(row.link), row.date) for row in rows if verdict[row.id] is None)
    for one, other in zip(counted, counted[1:], strict=False):
        if one[:2] == other[:2]:
            assert other[2] - one[2] >= touches.REPEAT
