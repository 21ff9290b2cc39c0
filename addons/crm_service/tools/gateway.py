"""Telling a machine's mail from a person's, by its headers (RFC 3834 and the older customs)."""

BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
ROBOT_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply")


def is_automatic(headers):
    """Return True for out-of-office answers, bounces, list mail and other mail that no person wrote.

    `headers`: anything with a case-insensitive `get(name)`, such as an `email.message.Message`.
    Such a mail must neither open a ticket, nor be acknowledged, nor wake up a ticket that waits for the customer.

    >>> from email import message_from_string
    >>> is_automatic(message_from_string("Auto-Submitted: auto-replied (vacation)\\n\\nI am away"))
    True
    >>> is_automatic(message_from_string("Auto-Submitted: no\\nPrecedence: first-class\\n\\nHello"))
    False
    """
    submitted = (headers.get("Auto-Submitted") or "no").split(";")[0].split("(")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if (headers.get("Precedence") or "").strip().lower() in BULK:
        return True
    if any(headers.get(name) for name in ROBOT_HEADERS):
        return True
    return (headers.get("Return-Path") or "").strip() == "<>"
