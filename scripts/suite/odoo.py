"""Odoo's own command line with the suite's configuration, and a reader of its log."""

import configparser
import os
import re
import signal
import socket
import subprocess
import threading

from .console import Fail
from .paths import ADDONS, CONFIG, SCENARIO_ADDONS, VAR, cache_dir, ensure_dir

LOG_LINE = re.compile(
    r"^(?P<time>[\d-]+ [\d:,]+) (?P<pid>\d+) (?P<level>[A-Z]+) (?P<db>\S+) (?P<logger>[^:]+): (?P<text>.*)$"
)
LOADING = re.compile(r"Loading module (?P<name>\S+) \((?P<number>\d+)/(?P<total>\d+)\)")


VERB_SUBCOMMANDS = ("i18n", "module")  # their verb comes before the configuration
PLAIN_SUBCOMMANDS = ("cloc", "deploy", "help", "scaffold", "upgrade_code")  # they read no configuration
SUBCOMMANDS = (
    *VERB_SUBCOMMANDS,
    *PLAIN_SUBCOMMANDS,
    "db",
    "neutralize",
    "obfuscate",
    "populate",
    "server",
    "shell",
    "start",
)


class Odoo:
    """Builds commands for one Odoo source, one Python and one database server."""

    def __init__(self, source, python, server):
        self.source = source
        self.python = python
        self.server = server

    def addons_path(self, with_tests=False):
        paths = [*self.source.addons_paths, ADDONS]
        if with_tests and any(SCENARIO_ADDONS.glob("*/__manifest__.py")):
            paths.append(SCENARIO_ADDONS)
        return paths

    def config_file(self, with_tests=False):
        """Write the configuration for this machine from the one in config/ and return its path."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(CONFIG / "odoo-embedded.conf", encoding="utf-8")
        options = parser["options"]
        options["addons_path"] = ",".join(str(path) for path in self.addons_path(with_tests))
        options["data_dir"] = str(ensure_dir(cache_dir() / "filestore"))
        options["db_port"] = str(self.server.port)
        options["db_user"] = self.server.user
        for key, value in (("db_host", self.server.host), ("db_password", self.server.password)):
            if value:
                options[key] = value
        path = ensure_dir(VAR) / ("odoo-test.conf" if with_tests else "odoo.conf")
        partial = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
        with open(partial, "w", encoding="utf-8") as handle:
            parser.write(handle)
        partial.replace(path)
        return path

    def env(self):
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        env["PYTHONPATH"] = str(self.source.python_path)
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        env["PATH"] = f"{self.server_bin()}{os.pathsep}{env.get('PATH', '')}"
        # The rasteriser for charts in PDFs and the browser look for a home.
        env.setdefault("HOME", str(ensure_dir(cache_dir() / "home")))
        return env

    def server_bin(self):
        return os.path.dirname(self.server.client("psql"))

    def command(self, *arguments, subcommand=None, with_tests=False):
        """Odoo's command line; the configuration goes where each subcommand's parser expects it."""
        parts = [self.python, self.source.binary]
        rest = list(arguments)
        if subcommand:
            parts.append(subcommand)
        if subcommand in VERB_SUBCOMMANDS and rest and not rest[0].startswith("-"):
            parts.append(rest.pop(0))
        if subcommand not in PLAIN_SUBCOMMANDS:
            parts += ["-c", self.config_file(with_tests)]
        return [str(part) for part in (*parts, *rest)]

    def call(self, *arguments, subcommand=None):
        """Run Odoo with the terminal attached; return its exit code."""
        command = self.command(*arguments, subcommand=subcommand)
        process = subprocess.Popen(command, env=self.env())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)

    def run(self, *arguments, log, step=None, on_line=None, with_tests=False, allow_failure=False):
        """Run Odoo with its log in a file; show the module being loaded; return the exit code."""
        ensure_dir(log.parent)
        command = self.command(*arguments, with_tests=with_tests)
        with (
            open(log, "w", encoding="utf-8") as sink,
            subprocess.Popen(
                command,
                env=self.env(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            try:
                for line in process.stdout:
                    sink.write(line)
                    sink.flush()
                    if step and (found := LOADING.search(line)):
                        step.detail = found["name"]
                        step.fraction = int(found["number"]) / int(found["total"])
                    if on_line:
                        on_line(line)
            except BaseException:
                process.terminate()
                raise
        if process.returncode and not allow_failure:
            with open(log, encoding="utf-8") as lines:
                tail = "".join(lines.readlines()[-25:])
            raise Fail(f"Odoo ended with exit code {process.returncode}:\n{tail}", f"read the whole log: {log}")
        return process.returncode


def free_port(preferred=8069):
    """`preferred` if nobody listens there, else a free port chosen by the system."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Fail("No free network port was found.", "close other servers, or give one with --port")
