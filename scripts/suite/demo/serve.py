"""Serve the demo database until Ctrl-C."""

import contextlib
import ctypes
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from ..console import Fail, Step, say
from ..odoo import free_port
from ..paths import VAR, ensure_dir

DEFAULT_PORT = 8069
START_LIMIT = 180  # seconds until the first page must have come
STOP_LIMIT = 15
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def choose_port(asked):
    """`asked` if it is free, an error if it is taken; without a wish 8069 or the next free one."""
    if asked:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", asked))
            except OSError as error:
                raise Fail(
                    f"Port {asked} cannot be used: {error.strerror}.",
                    f"give another one, for example --port {asked + 1}; without --port a free one is found",
                ) from None
        return asked
    port = free_port(DEFAULT_PORT)
    if port != DEFAULT_PORT:
        say(f"  Port {DEFAULT_PORT} is taken by another program; port {port} is used.")
    return port


def _die_with_parent():
    """Linux only: the server ends with the script, even when the script is killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    def __init__(self, odoo, name, port):
        self.url = f"http://127.0.0.1:{port}"
        self.log = ensure_dir(VAR / "log") / "demo-server.log"
        self.command = odoo.command("-d", name, f"--db-filter=^{name}$", f"--http-port={port}")
        self.env = odoo.env()
        self.process = None

    def start(self):
        # Its own session: Ctrl-C reaches the script alone, which then ends the server in order.
        with open(self.log, "w", encoding="utf-8") as sink:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        with Step("Starting the server"):
            self._wait_for_page()

    def _wait_for_page(self):
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit:
            self._check_alive()
            with (
                contextlib.suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as page,
            ):
                if page.status == 200:
                    return
            time.sleep(0.3)
        raise Fail("The server gave no page in time.", f"read its log: {self.log}")

    def _check_alive(self):
        if self.process.poll() is not None:
            tail = "".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)[-15:])
            raise Fail(
                f"The server ended by itself (exit code {self.process.returncode}):\n{tail}",
                f"read the whole log: {self.log}",
            )

    def wait(self):
        """Return at Ctrl-C or a termination signal; fail if the server ends by itself."""

        def stop(*_args):
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, stop)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                self._check_alive()
                time.sleep(0.5)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
