import doctest

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import phones


def test_examples_of_the_module():
    assert doctest.testmod(phones).failed == 0


@given(st.text(alphabet="0123456789", min_size=6, max_size=14), st.text(alphabet=" -./()", max_size=3))
def test_separators_do_not_matter(digits, separator):
    """R001.2: a number means the same in any writing."""
    written = separator.join(digits)
    assert phones.tail_of(written) == phones.tail_of(digits)
    assert phones.digits_of("+" + written) == phones.digits_of("00" + digits) or digits.startswith("0")


@given(st.text(max_size=20))
def test_never_fails(text):
    assert phones.looks_like_phone(text) in (True, False)
