"""Two real mail servers on this machine: pymap holds the mailbox that Odoo fetches, aiosmtpd takes what it sends."""

import imaplib
import re
import socket
import subprocess
import sys
import time

PATIENCE = 30  # seconds a server may take to listen


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """An IMAP server of one mailbox, in memory, in a process of its own."""

    user, password = "service", "secret"

    def __init__(self):
        self.port = free_port()
        program = "from pymap.main import main; main()"
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        backend = ["dict", "--demo-user", self.user, "--demo-password", self.password]
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *options, *backend], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def connect(self):
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
                break
            except OSError:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise
                time.sleep(0.1)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.login(self.user, self.password)
        return connection

    def fill(self, mails):
        """Put raw mails (bytes) into the mailbox, in this order."""
        connection = self.connect()
        for raw in mails:
            answer, _data = connection.append("INBOX", None, None, raw)
            if answer != "OK":
                raise AssertionError(f"The mailbox refused a mail: {answer}")
        connection.logout()

    def unread(self):
        connection = self.connect()
        connection.select(readonly=True)
        _answer, data = connection.search(None, "(UNSEEN)")
        connection.logout()
        return len(data[0].split())

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Outbox:
    """An SMTP server that keeps what it is given: (recipients, subject) of each mail."""

    def __init__(self):
        from aiosmtpd.controller import Controller  # a requirement of tests only

        self.mails = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope):
        text = re.sub(rb"\r?\n[ \t]+", b" ", envelope.content.partition(b"\r\n\r\n")[0])
        subject = next((line[8:].strip() for line in text.splitlines() if line.lower().startswith(b"subject:")), b"")
        self.mails.append((tuple(envelope.rcpt_tos), subject.decode("utf-8", "replace")))
        return "250 OK"

    def stop(self):
        self.controller.stop()
