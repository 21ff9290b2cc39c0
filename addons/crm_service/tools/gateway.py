"""Reading mail of strangers: a machine's mail told from a person's (RFC 3834 and the older customs), broken mail.

No function here fails on a malformed mail: what cannot be read counts as absent.
"""

import hashlib
import re
from email import message_from_bytes, policy

BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
ROBOT_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply")
# Away notes of mail programs that set no header, at the beginning of the subject.
AWAY_SUBJECT = re.compile(
    r"\s*(automatic reply|auto(matic)?[- ]?reply|auto:|out of (the )?office|automatische antwort|abwesenheits\w*|"
    r"r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica|自动回复|自動回覆)",
    re.IGNORECASE,
)
NO_REPLY_ADDRESS = re.compile(r"(no|do[-_.]?not)[-_.]?reply|mailer-daemon|postmaster", re.IGNORECASE)
# Flaws in the make-up of a mail by which text or files may be missing from what was read.
FLAWS = frozenset(
    {
        "NoBoundaryInMultipartDefect",
        "StartBoundaryNotFoundDefect",
        "CloseBoundaryNotFoundDefect",
        "MultipartInvariantViolationDefect",
        "InvalidMultipartContentTransferEncodingDefect",
        "InvalidBase64PaddingDefect",
        "InvalidBase64CharactersDefect",
        "InvalidBase64LengthDefect",
        "MissingHeaderBodySeparatorDefect",
    }
)


def header(headers, name):
    """Return a header as one line of text, "" where it is missing or cannot be read."""
    try:
        return " ".join(str(headers.get(name) or "").split())
    except Exception:  # noqa: BLE001 the email package fails in many ways on headers that no mail program wrote
        return ""


def is_automatic(headers):
    """Return True for out-of-office answers, bounces, list mail and other mail that no person wrote.

    `headers`: anything with a case-insensitive `get(name)`, such as an `email.message.Message`.
    Such a mail must neither open a ticket, nor be acknowledged, nor wake up a ticket that waits for the customer.

    >>> from email import message_from_string
    >>> is_automatic(message_from_string("Auto-Submitted: auto-replied (vacation)\\n\\nI am away"))
    True
    >>> is_automatic(message_from_string("Subject: Out of Office: Re: T00012\\n\\nI am away"))
    True
    >>> is_automatic(message_from_string("Auto-Submitted: no\\nPrecedence: first-class\\n\\nHello"))
    False
    """
    submitted = (header(headers, "Auto-Submitted") or "no").split(";")[0].split("(")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if header(headers, "Precedence").lower() in BULK:
        return True
    if any(header(headers, name) for name in ROBOT_HEADERS):
        return True
    if AWAY_SUBJECT.match(header(headers, "Subject")):
        return True
    return header(headers, "Return-Path") == "<>"


def wants_no_answer(headers):
    """Return True where the sender asks for no automatic answer, or nobody would read it; a person may have written.

    >>> wants_no_answer({"X-Auto-Response-Suppress": "DR, AutoReply"})
    True
    >>> wants_no_answer({"From": "Shop <no-reply@shop.test>"})
    True
    >>> wants_no_answer({"From": "Anna <anna@shop.test>", "X-Auto-Response-Suppress": "None"})
    False
    """
    wishes = {wish.strip().lower() for wish in header(headers, "X-Auto-Response-Suppress").split(",")}
    if wishes & {"all", "autoreply", "oof"}:
        return True
    local_part = header(headers, "From").rpartition("<")[2].partition("@")[0]
    return bool(NO_REPLY_ADDRESS.fullmatch(local_part.strip()))


def read_headers(raw):
    """Return the headers of a raw mail (bytes), however broken the rest is."""
    return message_from_bytes(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n", policy=policy.compat32)


def with_message_id(raw):
    """Return the raw mail with a Message-Id: one without gets one made of its content, the same at each delivery.

    Without it nobody could tell that a mail fetched again is the same mail. `Received` and the like differ between
    deliveries and do not count.

    >>> with_message_id(b"Message-ID: <a@b>\\n\\nHello")
    b'Message-ID: <a@b>\\n\\nHello'
    >>> mails = (b"From: a@b.c\\n\\nHi", b"Received: x\\nFrom: a@b.c\\n\\nHi")
    >>> first, again = (with_message_id(mail) for mail in mails)
    >>> first[:20], first.splitlines()[0] == again.splitlines()[0]
    (b'Message-Id: <content', True)
    """
    headers = read_headers(raw)
    if header(headers, "Message-Id"):
        return raw
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip()
    known = "\n".join(header(headers, name) for name in ("From", "To", "Cc", "Subject", "Date"))
    digest = hashlib.sha256(known.encode("utf-8", "surrogateescape") + b"\n" + body).hexdigest()[:40]
    return f"Message-Id: <content.{digest}@crm-service>\n".encode() + raw


def flaws(message):
    """Return the names of the flaws in a parsed mail by which some of its content may not have been understood."""
    try:
        return sorted(
            {type(flaw).__name__ for part in message.walk() for flaw in part.defects if type(flaw).__name__ in FLAWS}
        )
    except Exception:  # noqa: BLE001 a mail whose parts cannot even be listed
        return ["UnreadableParts"]
