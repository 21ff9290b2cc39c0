"""What a telephone system says about a call, checked: no field is trusted, each has a bound."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

EVENTS = {
    "ringing": "ringing",
    "start": "ringing",
    "answered": "answered",
    "answer": "answered",
    "ended": "ended",
    "hangup": "ended",
    "end": "ended",
}
DIRECTIONS = {"in": "in", "inbound": "in", "incoming": "in", "out": "out", "outbound": "out", "outgoing": "out"}
MAX_LENGTH = 64
FUTURE = timedelta(minutes=10)  # how far the clock of the telephone system may be ahead


class BadCall(ValueError):
    """The event cannot be used; `args` are the name of the field and what is wrong with it."""


@dataclass(frozen=True)
class CallEvent:
    """One event of one call. `date` is naive UTC; `number` is the outer party's, as the system wrote it."""

    call_id: str
    event: str
    direction: str
    number: str
    extension: str
    date: datetime


def read(data, now):
    """Return the CallEvent of a dictionary of untrusted values; `now` (naive UTC) where it gives no time.

    >>> noon = datetime(2026, 3, 2, 12)
    >>> call = read({"call_id": "7", "number": "+49 30 1234", "extension": "21"}, noon)
    >>> call.event, call.direction, call.date == noon
    ('ringing', 'in', True)
    >>> read({"call_id": "7", "number": ""}, noon)
    Traceback (most recent call last):
    ...
    suite_tools.crm_service.calls.BadCall: ('number', 'missing')
    """
    if not isinstance(data, dict):
        raise BadCall("body", "not an object")
    text = {name: _text(data, name) for name in ("call_id", "number", "extension")}
    event = EVENTS.get(_text(data, "event").lower() or "ringing")
    direction = DIRECTIONS.get(_text(data, "direction").lower() or "in")
    if not event:
        raise BadCall("event", "unknown")
    if not direction:
        raise BadCall("direction", "unknown")
    for name in ("call_id", *(("number",) if event == "ringing" else ())):
        if not text[name]:
            raise BadCall(name, "missing")
    return CallEvent(event=event, direction=direction, date=_moment(data.get("time"), now), **text)


def _text(data, name):
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise BadCall(name, "not a text")
    value = str(value).strip()
    if len(value) > MAX_LENGTH or not value.isprintable():
        raise BadCall(name, "too long or not readable")
    return value


def _moment(value, now):
    """Return naive UTC of an ISO 8601 text; without a zone it is UTC."""
    if value in (None, ""):
        return now
    try:
        moment = datetime.fromisoformat(str(value)[:40].replace("Z", "+00:00"))
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadCall("time", "not a date and time") from error
    if abs(moment - now) > timedelta(days=1) or moment > now + FUTURE:
        raise BadCall("time", "too far from now")
    return moment.replace(microsecond=0)
