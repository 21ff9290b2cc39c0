"""R091, R103: mail and call events of strangers are read without trust: the pure rules."""

import doctest
import importlib
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

gateway = importlib.import_module("suite_tools.crm_service.gateway")
references = importlib.import_module("suite_tools.crm_service.references")
calls = importlib.import_module("suite_tools.crm_service.calls")

NOON = datetime(2026, 3, 2, 12)


@pytest.mark.parametrize("module", [gateway, references, calls])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading_of_headers(raw):
    """Whatever comes in: a Message-Id in the end, the same for the same mail, and no exception on the way."""
    headers = gateway.read_headers(raw)
    for name in ("From", "To", "Subject", "Auto-Submitted"):
        gateway.header(headers, name)
    gateway.is_automatic(headers)
    gateway.wants_no_answer(headers)
    assert gateway.with_message_id(raw) == gateway.with_message_id(raw)
    gateway.flaws(message_from_bytes(gateway.with_message_id(raw), policy=policy.SMTP))


@given(st.text(max_size=300))
def test_a_mail_fetched_again_keeps_its_made_up_id(text):
    mail = f"From: a@b.test\nSubject: x\n\n{text}".encode()
    again = b"Received: from elsewhere; Mon, 2 Mar 2026\nDelivered-To: service@b.test\n" + mail
    assert gateway.with_message_id(mail).split(b"\n")[0] == gateway.with_message_id(again).split(b"\n")[0]


def test_another_text_is_another_mail():
    first, second = (f"From: a@b.test\nSubject: x\n\n{text}".encode() for text in ("one", "two"))
    assert gateway.with_message_id(first).split(b"\n")[0] != gateway.with_message_id(second).split(b"\n")[0]


def test_missing_boundary_is_a_flaw():
    broken = b'Content-Type: multipart/mixed; boundary="x"\nMessage-Id: <a@b>\n\nno part here'
    assert gateway.flaws(message_from_bytes(broken, policy=policy.SMTP))
    assert not gateway.flaws(message_from_bytes(b"Message-Id: <a@b>\n\nHello", policy=policy.SMTP))


@given(st.text(max_size=2000))
def test_candidates_hold_a_digit_and_are_bounded(text):
    found = references.candidates(text)
    assert len(found) <= references.MAX_WORDS + 1
    assert all(any(letter.isdigit() for letter in word) or word.upper() in found for word in found)


@settings(max_examples=300)
@given(
    st.one_of(
        st.none(),
        st.text(max_size=30),
        st.dictionaries(
            st.sampled_from(["call_id", "number", "event", "direction", "extension", "time", "other"]),
            st.one_of(st.text(max_size=80), st.integers(), st.none(), st.lists(st.integers()), st.booleans()),
        ),
    )
)
def test_a_call_event_is_good_or_refused(data):
    try:
        event = calls.read(data, NOON)
    except calls.BadCall:
        return
    assert event.call_id
    assert event.event in ("ringing", "answered", "ended")
    assert abs(event.date - NOON) <= timedelta(days=1)
    assert event.date.tzinfo is None


def test_time_zones_of_the_telephone_system():
    event = calls.read({"call_id": "1", "number": "030123456", "time": "2026-03-02T13:00:00+01:00"}, NOON)
    assert event.date == NOON
    with pytest.raises(calls.BadCall):
        calls.read({"call_id": "1", "number": "030123456", "time": "2030-01-01T00:00:00"}, NOON)
