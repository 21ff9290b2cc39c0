"""Finding what a text refers to: words that can be the number of an order, a delivery, an invoice, a lot, a ticket."""

import re

WORD = re.compile(r"\w[\w/.\-]*\w")
MARKUP = re.compile(r"<[^>]{0,2000}>")
MIN_LENGTH = 3
MIN_DIGITS_ALONE = 4  # "100" in a text is a figure, hardly a reference
MAX_LENGTH = 60
MAX_WORDS = 200


def candidates(text):
    """Return the words of a text (or HTML) that may be references: they hold a digit; as written and in capitals.

    At most 200, in the order of the text, so that a long mail costs no more than a short one.

    >>> sorted(candidates("Re: order s00012 (WH/OUT/00003), 2 of 10 pieces."))
    ['S00012', 'WH/OUT/00003', 's00012']
    >>> candidates("Nothing to see here")
    []
    """
    found = {}
    for match in WORD.finditer(MARKUP.sub(" ", text or "")):
        word = match.group().strip(".-/_")
        if not MIN_LENGTH <= len(word) <= MAX_LENGTH or not any(letter.isdigit() for letter in word):
            continue
        if word.isdigit() and len(word) < MIN_DIGITS_ALONE:
            continue
        found[word] = found[word.upper()] = True
        if len(found) >= MAX_WORDS:
            break
    return list(found)


def only(records):
    """Return the one element of a collection, None where there is none or more than one: nothing is guessed.

    >>> only([7]), only([7, 8]), only([])
    (7, None, None)
    """
    return next(iter(records)) if len(records) == 1 else None
