"""What a search term says about a telephone number, without a database."""

import re

SEPARATORS = re.compile(r"[\s./()\-]+")
PHONE = re.compile(r"^\+?[\d\s./()\-]+$")
MIN_DIGITS = 6


def digits_of(text):
    """Digits of a number as the world dials it: no separators, no leading + or 00.

    >>> digits_of("+49 (30) 123-456"), digits_of("0049 30 123456"), digits_of("030/123456")
    ('4930123456', '4930123456', '030123456')
    """
    bare = SEPARATORS.sub("", text)
    if bare.startswith("+"):
        return bare[1:]
    return bare[2:] if bare.startswith("00") else bare


def looks_like_phone(text):
    """True for text that can only be a telephone number: six digits or more, with separators at most.

    >>> looks_like_phone("030 123 456"), looks_like_phone("12345"), looks_like_phone("Unit 123456")
    (True, False, False)
    """
    return bool(text and PHONE.match(text.strip())) and len(digits_of(text.strip())) >= MIN_DIGITS


def tail_of(text):
    """The part of a number that is the same in national and international writing.

    >>> tail_of("030 123456"), tail_of("+49 30 123456")
    ('30123456', '4930123456')
    """
    return digits_of(text.strip()).lstrip("0")
