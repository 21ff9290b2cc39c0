"""R099: placeholders of replies put in plain values and nothing else."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

placeholders = importlib.import_module("suite_tools.crm_service.placeholders")
outcomes = importlib.import_module("suite_tools.crm_service.outcomes")


def test_examples_in_docstrings():
    for module, count in ((placeholders, 4), (outcomes, 4)):
        result = doctest.testmod(module)
        assert result.attempted >= count
        assert result.failed == 0


@given(st.sampled_from(placeholders.NAMES), st.text(max_size=60))
def test_a_value_never_becomes_html_or_another_placeholder(name, value):
    text = placeholders.render(f"<p>{{{name}}}</p>", {name: value, "number": "SECRET"})
    inner = text.removeprefix("<p>").removesuffix("</p>")
    assert not set(inner) & set("<>\"'")
    if name != "number":
        assert "SECRET" not in inner or "SECRET" in value


@given(st.text(max_size=100))
def test_text_without_placeholders_stays_as_it_is(text):
    if not placeholders.used(text):
        assert placeholders.render(text, {"number": "T1"}) == text


@given(st.dictionaries(st.sampled_from(placeholders.NAMES), st.text(min_size=1, max_size=5)))
def test_missing_names_what_stays_empty(values):
    text = " ".join(f"{{{name}}}" for name in placeholders.NAMES)
    assert set(placeholders.missing(text, values)) == set(placeholders.NAMES) - set(values)
    assert placeholders.unknown(text) == []
