"""A pile of mail as a service address gets it: requests, replies, duplicates, robots, a loop, broken mail.

`Pile(total, ...)` gives `mails` (raw, in order) and what must become of them. Everything follows from a fixed seed.
"""

import random
from dataclasses import dataclass, field

LOOPER = "alarm@machine.test"
# Percent of the pile; the rest are requests.
MIX = {"reply": 28, "duplicate": 12, "robot": 8, "broken": 4, "named": 4, "loop": 3, "nameless": 2, "own": 1}
HEAD = "From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Mon, 02 Mar 2026 10:00:{second:02d} +0000\r\n"
BROKEN = (
    ("Content-Type: text/plain; charset=x-klingon\r\n", b"Qapla \xff\xfe glass"),
    ('Content-Type: multipart/mixed; boundary="never"\r\n', b"no part here, two glasses"),
    ('Content-Type: multipart/alternative; boundary="b"\r\n', b"--b\r\nContent-Type: text/plain\r\n\r\nglass\r\n"),
    (
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
        b"!!!! this is no base64 glass",
    ),
    ("Content-Type: ;;;\r\nDate: yesterday at tea\r\n", b"glass \x00\x01\x02"),
    ("Subject: =?utf-8?b?broken\r\nContent-Type: text/plain; charset=utf-8\r\n", b"\xc3\x28 glass"),
)


@dataclass
class Pile:
    total: int
    to: str
    customers: list  # addresses of known customers
    tickets: dict  # {number of a ticket that is there: address of its customer}
    loop_limit: int
    mails: list = field(default_factory=list)
    opens: list = field(default_factory=list)  # Message-Ids that open a ticket, each exactly one
    replies: dict = field(default_factory=dict)  # {Message-Id: Message-Id of the mail that opened its ticket}
    named: dict = field(default_factory=dict)  # {Message-Id: number of the ticket named in the subject}
    robots: list = field(default_factory=list)
    nameless: int = 0  # mails without Message-Id that open a ticket
    duplicates: int = 0
    broken: int = 0

    def __post_init__(self):
        self.dice = random.Random(4711)
        self.written = {}  # requests that replies can refer to
        self.delivered = []  # mails that may be delivered again
        share = self.total // 100
        kinds = [kind for kind, percent in MIX.items() for _number in range(percent * share)]
        kinds += ["request"] * (self.total - len(kinds))
        self.dice.shuffle(kinds)
        self.looped = 0
        for number, kind in enumerate(["request"] * 5 + kinds[: self.total - 5]):
            self.mails.append(getattr(self, f"_{kind}")(number))

    def _raw(self, number, sender, subject, extra="", body=None, msg_id=True):
        head = HEAD.format(sender=sender, to=self.to, subject=subject, second=number % 60)
        if msg_id:
            head = f"Message-Id: {self._id(number)}\r\n{head}"
        return (head + extra + "\r\n").encode() + (body or f"Mail number {number}: a glass is broken.\r\n".encode())

    def _id(self, number):
        return f"<{number}.pile@mail.test>"

    def _sender(self, number):
        """Known customers and strangers, none so often that he counts as a machine."""
        if number % 3:
            return self.customers[number % len(self.customers)]
        return f"Person {number} <person{number}@elsewhere.test>"

    def _request(self, number):
        self.opens.append(self._id(number))
        raw = self._raw(number, self._sender(number), f"Request {number}", "Content-Type: text/plain\r\n")
        self.written[number] = raw
        self.delivered.append(raw)
        return raw

    def _reply(self, number):
        first = self.dice.choice(sorted(self.written))
        self.replies[self._id(number)] = self._id(first)
        return self._raw(number, self._sender(first), f"Re: Request {first}", f"In-Reply-To: {self._id(first)}\r\n")

    def _duplicate(self, _number):
        self.duplicates += 1
        return self.dice.choice(self.delivered)

    def _robot(self, number):
        self.robots.append(self._id(number))
        signs = ("Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n", "X-Autoreply: yes\r\n")
        return self._raw(number, self._sender(number), f"Robot {number}", signs[number % len(signs)])

    def _own(self, number):
        self.robots.append(self._id(number))
        return self._raw(number, self.to, f"Round and round {number}")

    def _broken(self, number):
        self.broken += 1
        self.opens.append(self._id(number))
        extra, body = BROKEN[number % len(BROKEN)]
        return self._raw(number, self._sender(number), f"Broken {number}", extra, body)

    def _loop(self, number):
        self.looped += 1
        (self.opens if self.looped <= self.loop_limit else self.robots).append(self._id(number))
        return self._raw(number, LOOPER, f"Alarm {number}")

    def _named(self, number):
        ticket = sorted(self.tickets)[number % len(self.tickets)]
        self.named[self._id(number)] = ticket
        return self._raw(number, self.tickets[ticket], f"About {ticket}, number {number}")

    def _nameless(self, number):
        """Without Message-Id: nobody can refer to it, but it may be delivered again."""
        self.nameless += 1
        raw = self._raw(number, self._sender(number), f"No name {number}", msg_id=False)
        self.delivered.append(raw)
        return raw
