from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suite_tools.crm_marketing import web_form

ASKED = ("name", "email", "phone", "message")
REQUIRED = ("name", "email")


def test_a_good_form_passes():
    kept, errors = web_form.clean(
        {"name": " Ann  Lee ", "email": "ann@x.org", "phone": "+32 470 12 34", "message": "Hi\r\n\r\n\r\n\r\nyou"},
        ASKED,
        REQUIRED,
    )
    assert not errors
    assert kept == {"name": "Ann Lee", "email": "ann@x.org", "phone": "+32 470 12 34", "message": "Hi\n\nyou"}


def test_bad_input_says_what_is_wrong():
    _kept, errors = web_form.clean(
        {"name": "", "email": "ann@x", "phone": "call me", "message": "x" * 4001}, ASKED, REQUIRED
    )
    assert errors == {"name": "missing", "email": "wrong", "phone": "wrong", "message": "long"}


def test_no_header_is_smuggled_in():
    for bad in ("a@x.org\nBcc: b@x.org", "a@x.org,b@x.org", "a@x.org;b@x.org", "<a@x.org>", "a@@x.org", "a b@x.org"):
        assert web_form.clean({"email": bad}, ("email",), ("email",))[1] == {"email": "wrong"}, bad
    assert web_form.clean({"name": "a\u202eb\x00c\nd"}, ("name",), ())[0] == {"name": "a b c d"}


def test_what_was_not_asked_is_not_read():
    assert web_form.clean({"user_id": "1", "name": "A"}, ("name",), ())[0] == {"name": "A"}


def test_age_of_the_page():
    assert web_form.page_age(100, 101) == "machine"
    assert web_form.page_age(100, 130) is None
    assert web_form.page_age(100, 100 + 2 * 24 * 3600) == "old"


def test_network_of_a_visitor():
    assert web_form.network("2001:db8:1:2:3::4") == web_form.network("2001:db8:1:2:ffff::9") != ""
    assert web_form.network("::ffff:192.0.2.7") == "192.0.2.7"
    assert web_form.network("not an address") == web_form.network(None) == ""


def test_limits():
    assert not web_form.too_many(4, 99)
    assert web_form.too_many(5, 0)
    assert web_form.too_many(0, 100)


@given(st.fixed_dictionaries({}, optional={field: st.text(max_size=120) | st.none() for field in ASKED}))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_comes_back_short_and_printable(values):
    kept, _errors = web_form.clean(values, ASKED, REQUIRED)
    assert set(kept) == set(ASKED)
    for field, text in kept.items():
        assert len(text) <= web_form.LIMITS[field]
        assert "\r" not in text
        assert "\x00" not in text
        assert field == "message" or "\n" not in text
    assert web_form.clean(kept, ASKED, REQUIRED)[0] == kept
