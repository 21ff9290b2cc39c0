"""What a public form accepts. Pure; times are seconds since 1970 unless said otherwise."""

import re
import unicodedata
from ipaddress import ip_address, ip_network

# Most characters that are kept of each field; more is refused, not cut, except by a machine.
LIMITS = {"name": 100, "email": 254, "phone": 40, "company": 100, "zip": 20, "message": 4000}
FASTEST, OLDEST = 2, 24 * 3600  # seconds between opening a page and sending it
PER_ADDRESS, PER_FORM, PERIOD = 5, 100, 600  # submissions in so many seconds
# One @, a dot in the domain, nothing that ends a header or a list.
_EMAIL = re.compile(r"[^@\s,;<>\"'()\[\]\\]+@[^@\s,;<>\"'()\[\]\\]+\.[^@\s.,;<>\"'()\[\]\\]{2,}")
_PHONE = re.compile(r"[+0-9][0-9 ()./\-]{4,}")
SHAPES = {"email": _EMAIL, "phone": _PHONE}


def clean(values, asked, required):
    """Return (cleaned values, {field: "missing", "long" or "wrong"}).

    Only the fields in `asked` are read, whatever else was sent. Everything but the message is one line; control
    characters (also those that turn the direction of writing) are dropped.
    """
    kept, errors = {}, {}
    for field in asked:
        text = values.get(field)
        text = _printable(text if isinstance(text, str) else "", lines=field == "message")
        if len(text) > LIMITS[field]:
            errors[field] = "long"
            text = text[: LIMITS[field]]
        elif not text and field in required:
            errors[field] = "missing"
        elif (
            text
            and field == "email"
            and not _EMAIL.fullmatch(text)
            or text
            and field == "phone"
            and not _PHONE.fullmatch(text)
        ):
            errors[field] = "wrong"
        kept[field] = text
    return kept, errors


def _printable(text, lines):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") or char == "\n" else " "
        for char in text
    )
    if not lines:
        return " ".join(text.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip()


def page_age(opened, now):
    """ "machine" where a page is sent faster than a person types, "old" after a day, else nothing."""
    age = now - opened
    if age < FASTEST:
        return "machine"
    return "old" if age > OLDEST else None


def network(address):
    """The network that one visitor has: the IPv4 address, of IPv6 the first half; empty for what is no address.

    >>> network("192.0.2.7"), network("2001:db8::1:2:3:4")
    ('192.0.2.7', '2001:db8::/64')
    """
    try:
        ip = ip_address(address or "")
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip) if ip.version == 4 else str(ip_network((ip, 64), strict=False))


def too_many(from_address, to_form):
    """Whether one more submission is refused: counts of the last PERIOD seconds."""
    return from_address >= PER_ADDRESS or to_form >= PER_FORM
