"""What a payer wrote, and the numbers of invoices: which invoices does a text name? No Odoo.

An invoice has keys: its number in capitals without signs (INV202600123), the digits alone (202600123), its serial
number (123), its payment reference. A text has tokens: its words and up to JOIN neighbours joined, so that
"INV 2026-00123" finds INV/2026/00123. How much a key proves is its strength.
"""

import re

SERIAL, NUMBER, FULL, STRUCTURED = 1, 2, 3, 4
SERIAL_DIGITS = 3  # fewer digits name nothing
NUMBER_DIGITS = 6  # from here on the digits alone are no accident
JOIN = 4
MAX_WORDS = 120  # of a text; what comes after is not read
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_RF = re.compile(r"RF\d\d[A-Z0-9]{1,21}")


def squeeze(text):
    """Capitals and digits only.

    >>> squeeze("inv/2026/00123")
    'INV202600123'
    """
    return "".join(_WORD.findall(text or "")).upper()


def is_creditor_reference(text):
    """Whether this is a structured creditor reference (ISO 11649) with right check digits.

    >>> is_creditor_reference("RF18 5390 0754 7034")
    True
    >>> is_creditor_reference("RF19539007547034")
    False
    """
    text = squeeze(text)
    if not text.startswith("RF") or not _RF.fullmatch(text) or not text.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def is_communication(text):
    """Whether this is a twelve-digit structured communication with right check digits (+++123/4567/89...+++).

    >>> is_communication("+++090/9337/55493+++")
    True
    """
    digits = squeeze(text)
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        return False
    return (int(digits[:10]) % 97 or 97) == int(digits[10:])


def document_keys(name, *references):
    """Keys of one invoice: {key: strength}.

    >>> sorted(document_keys("INV/2026/00123").items())
    [('123', 1), ('202600123', 2), ('INV202600123', 3)]
    """
    keys = {}

    def add(key, strength):
        keys[key] = max(strength, keys.get(key, 0))

    # Once each: Odoo's usual payment reference is the number itself.
    for text in filter(None, dict.fromkeys((name, *references))):
        key = squeeze(text)
        digits = "".join(_DIGITS.findall(key))
        if not key.isascii() or len(digits) < SERIAL_DIGITS:
            continue
        if is_creditor_reference(key) or (text in references and is_communication(key)):
            add(key, STRUCTURED)
        elif key != digits and len(key) >= NUMBER_DIGITS - 1:
            add(key, FULL)
        _add_digits(add, digits, _DIGITS.findall(text), first=text == name)
    return keys


def _add_digits(add, digits, groups, first):
    """The digits as they stand and without leading zeros; of the invoice's own number the last group too."""
    bare = digits.lstrip("0")
    if len(digits) >= NUMBER_DIGITS and len(bare) >= SERIAL_DIGITS:
        add(digits, NUMBER)
        if len(bare) >= NUMBER_DIGITS - 1:
            add(bare, NUMBER)
    if first:
        serial = groups[-1].lstrip("0")
        if len(serial) >= SERIAL_DIGITS:
            add(serial, NUMBER if len(serial) >= NUMBER_DIGITS else SERIAL)


def tokens(text):
    """What in a text may be the key of an invoice, in the order of the text.

    >>> "INV202600123" in tokens("paying inv 2026/00123, thank you")
    True
    """
    words = [word.upper() for word in _WORD.findall(text or "")[:MAX_WORDS]]
    found = {}
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + (8 if words[start].startswith("RF") else JOIN)]:
            joined += word
            if len(joined) >= SERIAL_DIGITS and any(sign.isdigit() for sign in joined):
                found.setdefault(joined, None)
        for digits in _DIGITS.findall(words[start]):
            bare = digits.lstrip("0")
            if len(bare) >= SERIAL_DIGITS:
                found.setdefault(bare, None)
    return list(found)
