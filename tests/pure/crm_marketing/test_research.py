"""Research lists: columns by their names, and consent only where it is said."""

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import research

cells = st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats(allow_nan=False), st.booleans())


def test_columns_in_two_languages():
    assert research.columns(["姓名", "手机", "同意"]) == {"name": 0, "phone": 1, "consent": 2}
    assert research.columns(["Unknown"]) == {}


def test_short_lines_and_lines_without_anybody():
    found = research.rows(["Company", "Phone", "Consent"], [["Acme"], [None, 301234567.0, "no"], ["", "", "yes"]])
    assert [row.values for row in found] == [{"company_name": "Acme"}, {"company_name": "", "phone": "301234567"}]
    assert not any(row.consent for row in found)


@given(st.lists(st.lists(cells, max_size=4), max_size=10))
def test_whatever_a_file_holds_is_read(lines):
    for row in research.rows(["Name", "Mail", "Opt in"], lines):
        assert row.values.get("name") or row.values.get("email")
