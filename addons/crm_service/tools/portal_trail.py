"""What a customer does on the portal, read from the address of a page. Pure: no Odoo, no database.

Addresses of Odoo's document pages and of the suite's own: /my/orders/12, /fr/my/tickets/7/reply ...
"""

import re
from typing import NamedTuple

LANG = re.compile(r"^/[a-z]{2,3}(?:_[A-Za-z]{2,8})?(?=/my(?:/|$))")
# First part of the address after /my: section of the log.
SECTIONS = {
    "": "home",
    "home": "home",
    "orders": "order",
    "quotes": "quotation",
    "invoices": "invoice",
    "tickets": "ticket",
    "solutions": "solution",
    "service": "service",
    "help": "help",
    "shop": "shop",
    "picking": "delivery",
    "purchase": "purchase",
    "rfq": "purchase",
    "account": "account",
    "address": "account",
    "addresses": "account",
    "security": "account",
}
# Section of the log: model whose id stands in the address.
MODELS = {
    "order": "sale.order",
    "quotation": "sale.order",
    "invoice": "account.move",
    "ticket": "crm.ticket",
    "solution": "crm.solution",
    "shop": "product.product",
    "delivery": "stock.picking",
}
# Asked for by a page itself, not by the customer.
SILENT = ("/my/counters", "/my/shop/image/", "/my/solutions/suggest", "/my/solutions/read", "/my/picking/pdf/")
MAX_PATH = 200


class Step(NamedTuple):
    """One page or action: section, model and id of the document (None: no document), action ('' for a page)."""

    section: str
    model: str | None
    res_id: int | None
    action: str


def clean(path):
    """Return the address without language, query and fragment; '' of anything that is no page of the portal.

    >>> clean("/fr/my/orders/12?access_token=x")
    '/my/orders/12'
    """
    path = LANG.sub("", path or "").split("?")[0].split("#")[0][:MAX_PATH]
    return path if path == "/my" or path.startswith("/my/") else ""


def read(path, method="GET", download=False):
    """Return the Step of a portal address, None of anything that is no portal page.

    `download`: the page was asked for as a file.
    """
    path = clean(path)
    if not path or path.startswith(SILENT):
        return None
    parts = [part for part in path.split("/")[2:] if part]
    section = SECTIONS.get(parts[0] if parts else "", "other")
    rest = parts[1:]
    number = next((part for part in rest if part.isdecimal() and len(part) < 10), None)
    if "page" in rest and rest.index("page") + 1 < len(rest) and rest[rest.index("page") + 1] == number:
        number = None
    words = [part for part in rest if not part.isdecimal() and part not in ("page", "product")]
    action = ""
    if method == "POST":
        action = re.sub(r"[^a-z_]", "", words[-1].lower())[:30] if words else "send"
    elif download:
        action = "download"
    model = MODELS.get(section) if number else None
    return Step(section, model, int(number) if model else None, action)
