"""R088, R106: words are found in any script, and no text can break the query built from them."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

words = importlib.import_module("suite_tools.crm_service.words")


def test_examples_in_docstrings():
    result = doctest.testmod(words)
    assert result.attempted >= 6
    assert result.failed == 0


@given(st.text(max_size=200))
def test_words_hold_no_sign_of_a_query(text):
    for word in words.words(text):
        assert word
        assert len(word) <= words.MAX_WORD
        assert not set(word) & set(" '\"&|!()<>:*\\-;%\n\t\0")


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text):
    assert words.words(text) == words.words(words.fold(text)) or words.fold(text) != words.fold(words.fold(text))


@given(st.text(alphabet="屏幕不亮开机电源按钮", min_size=2, max_size=30), st.integers(0, 20), st.integers(2, 10))
def test_a_piece_of_chinese_text_is_found_in_the_whole(text, start, length):
    piece = text[start : start + length]
    if len(piece) > 1:
        assert set(words.words(piece)) <= set(words.words(text))


@given(st.text(max_size=300))
def test_plain_text_of_html_holds_no_tag(text):
    assert "<script" not in words.plain(f"<p>{text}</p><script>alert(1)</script>").lower() or "<script" in text.lower()
    words.own_words(text)


def test_quoted_mail_is_left_out():
    for head in ("-----Original Message-----", "On Mon, 2 Mar 2026 at 10:00, Help <h@x.test> wrote:", "-- "):
        assert words.own_words(f"Still broken\n{head}\nold words") == "Still broken"


@given(st.lists(st.sampled_from(["lamp", "glass", "broken", "order"]), max_size=6))
def test_coverage_is_a_share(text):
    share = words.coverage("glass broken", set(text))
    assert share == len({"glass", "broken"} & set(text)) / 2
