"""Placeholders of canned replies: `{number}` in a text becomes a value. No code, no attributes, no nesting.

The text is trusted HTML (sanitised when it was saved), the values are not: they are escaped.
"""

import re
from html import escape

NAMES = (
    "salutation", "customer", "company", "number", "subject", "agent", "team", "our_company",
    "order", "product", "delivery", "invoice", "promised", "today",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{\s*([A-Za-z_][\w.]*)\s*\}")


def used(html):
    """Return the names of the placeholders in the text, in order, each once.

    >>> used("<p>{ number } of {customer}, {number}</p>")
    ['number', 'customer']
    """
    return list(dict.fromkeys(_PLACEHOLDER.findall(str(html or ""))))


def unknown(html):
    """Return the names in the text that are no placeholder.

    >>> unknown("{number} {object.env}")
    ['object.env']
    """
    return [name for name in used(html) if name not in NAMES]


def render(html, values):
    """Return the text with the values (name to plain text) put in; what has no value becomes nothing.

    >>> render("<p>{salutation}, {number}{order}</p>", {"salutation": "Dear <b>", "number": "T1"})
    '<p>Dear &lt;b&gt;, T1</p>'
    """

    def value(match):
        name = match.group(1)
        return escape(str(values.get(name) or "")) if name in NAMES else match.group(0)

    return _PLACEHOLDER.sub(value, str(html or ""))


def missing(html, values):
    """Return the names in the text that have no value.

    >>> missing("{number} {order}", {"number": "T1", "order": False})
    ['order']
    """
    return [name for name in used(html) if name in NAMES and not values.get(name)]
