"""PostgreSQL: an existing server through the usual PG* variables, or a private cluster on a unix socket.

The private cluster listens on no network address. It trades durability for
speed (fsync off): it holds demo and test data, never anyone's books.

Life time: every script that uses the cluster holds a shared lock on `users`;
the last one to leave stops the server. A killed script drops its lock with it,
so nothing is left to clean up by hand.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .console import Fail, Step, file_lock, run
from .paths import VAR, cache_dir, ensure_dir, is_root

ROLE = "odoo"
SOCKET_LIMIT = 90  # bytes; the kernel allows 107 for the whole socket path
PORT = "5432"  # part of the socket's name only; no TCP port is opened
SETTINGS = {
    "listen_addresses": "''",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "shared_buffers": "'512MB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'256MB'",
    "effective_cache_size": "'4GB'",
    "max_wal_size": "'4GB'",
    "max_connections": "120",
    "autovacuum_naptime": "'20s'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}


def bin_dir():
    """Folder of initdb and pg_ctl."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(os.path.realpath(on_path)).parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise Fail(
        "PostgreSQL's server programs (initdb, pg_ctl) were not found.",
        "as root: apt-get install postgresql postgresql-contrib   "
        "(or name an existing server by PGHOST, PGPORT, PGUSER and PGPASSWORD)",
    )


def server_user():
    """Name of the unprivileged user that runs the server for root, or None for an ordinary user."""
    if not is_root():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise Fail("There is no user to run PostgreSQL as (postgres or nobody).", "as root: adduser --system postgres")


class ExternalServer:
    """A server named by PG* variables: used as it is, never started or stopped."""

    def __init__(self):
        self.host = os.environ.get("PGHOST", "")
        self.port = os.environ.get("PGPORT", "5432")
        self.user = os.environ.get("PGUSER") or ROLE
        self.password = os.environ.get("PGPASSWORD", "")

    def env(self):
        values = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        if self.password:
            values["PGPASSWORD"] = self.password
        return {key: value for key, value in values.items() if value}

    def client(self, name):
        return shutil.which(name) or str(bin_dir() / name)

    @contextlib.contextmanager
    def running(self):
        done = subprocess.run(
            [self.client("psql"), "-d", "postgres", "-Atc", "SELECT 1"],
            env={**os.environ, **self.env()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Fail(
                f"The PostgreSQL server named by PG* variables does not answer: {done.stderr.strip()}",
                "correct PGHOST, PGPORT, PGUSER, PGPASSWORD, or unset PGHOST to use a private cluster",
            )
        yield self


class PrivateCluster:
    def __init__(self):
        self.bin = bin_dir()
        self.user = ROLE
        self.password = ""
        self.port = PORT
        self.owner = server_user()
        self.folder = self._folder()
        self.data = self.folder / "data"
        self.host = str(self.folder / "run")

    def _folder(self):
        """The checkout's ignored folder, unless the server's user cannot reach it or its socket path is too long."""
        local = VAR / "postgres"
        if self.owner is None and len(os.fsencode(str(local))) <= SOCKET_LIMIT:
            return local
        folder = cache_dir() / "postgres"
        if len(os.fsencode(str(folder))) > SOCKET_LIMIT:
            raise Fail(
                f"The path {folder} is too long for a unix socket.",
                "set SUITE_CACHE to a folder with a shorter path",
            )
        return folder

    def env(self):
        return {"PGHOST": self.host, "PGPORT": PORT, "PGUSER": ROLE}

    def client(self, name):
        return str(self.bin / name)

    def _as_owner(self, *command):
        if not self.owner:
            return list(command)
        entry = pwd.getpwnam(self.owner)
        if shutil.which("setpriv"):
            ids = [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
            return ["setpriv", *ids, "--", *command]
        return ["runuser", "-u", self.owner, "--", *command]

    def _run(self, *command, what, remedy=None, env=None):
        return run(
            self._as_owner(*command),
            env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
            cwd="/",
            what=what,
            remedy=remedy or f"see {self.folder / 'server.log'}; scripts/db reset makes a new cluster",
        )

    def is_running(self):
        command = self._as_owner(str(self.bin / "pg_ctl"), "status", "-D", str(self.data))
        return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0

    def _create(self):
        partial = self.folder / "data.part"
        shutil.rmtree(partial, ignore_errors=True)
        ensure_dir(self.folder)
        ensure_dir(Path(self.host), mode=0o700)
        if self.owner:
            entry = pwd.getpwnam(self.owner)
            for path in (self.folder, Path(self.host)):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        with Step("Creating the database cluster"):
            self._run(
                self.bin / "initdb",
                *("-D", partial, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
                what="initdb",
            )
            lines = "".join(f"{key} = {value}\n" for key, value in SETTINGS.items())
            settings = partial / "postgresql.auto.conf"
            settings.write_text(f"{lines}unix_socket_directories = '{self.host}'\n", encoding="utf-8")
            partial.rename(self.data)

    def _start(self):
        if not (self.data / "PG_VERSION").exists():
            self._create()
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        installed = self._run(self.bin / "pg_ctl", "--version", what="pg_ctl").split()[2].split(".")[0]
        if made_by != installed:
            raise Fail(
                f"The cluster in {self.data} was made by PostgreSQL {made_by}, this machine has {installed}.",
                "scripts/db reset   (its databases are test and demo data; they are made anew)",
            )
        ensure_dir(Path(self.host), mode=0o700)
        self._run(
            *(self.bin / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data),
            *("-l", self.folder / "server.log"),
            what="starting PostgreSQL",
        )
        self._prepare()

    def _prepare(self):
        """The role that Odoo uses, and the two extensions in the template of every new database."""
        for database, statement in (
            ("postgres", f"CREATE ROLE {ROLE} LOGIN CREATEDB"),
            ("template1", "CREATE EXTENSION IF NOT EXISTS pg_trgm"),
            ("template1", "CREATE EXTENSION IF NOT EXISTS unaccent"),
            # Odoo indexes unaccented text only where the function is immutable.
            ("template1", "ALTER FUNCTION unaccent(text) IMMUTABLE"),
        ):
            done = subprocess.run(
                [self.client("psql"), "-X", "-q", "-U", "postgres", "-d", database, "-c", statement],
                env={**os.environ, **self.env(), "PGUSER": "postgres", "PGOPTIONS": "-c client_min_messages=error"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode and "already exists" not in done.stderr:
                raise Fail(
                    f"The database cluster could not be prepared: {done.stderr.strip()}",
                    "as root: apt-get install postgresql-contrib (for pg_trgm and unaccent), then scripts/db reset",
                )

    def stop(self):
        if self.is_running():
            self._run(self.bin / "pg_ctl", "stop", "-m", "fast", "-s", "-D", self.data, what="stopping PostgreSQL")

    @contextlib.contextmanager
    def running(self):
        """Start the server if it is not running; stop it on leaving if nobody else uses it."""
        ensure_dir(self.folder)
        if self.owner:
            entry = pwd.getpwnam(self.owner)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        starting = self.folder / "starting"
        with open(self.folder / "users", "a+", encoding="utf-8") as users:
            with file_lock(starting, "waiting for another script that starts or stops PostgreSQL"):
                fcntl.flock(users, fcntl.LOCK_SH)
                if not self.is_running():
                    self._start()
            try:
                yield self
            finally:
                with file_lock(starting, "waiting for another script that starts or stops PostgreSQL"):
                    fcntl.flock(users, fcntl.LOCK_UN)
                    with contextlib.suppress(BlockingIOError):
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        self.stop()

    def reset(self):
        """Stop the server and delete every database in the cluster."""
        if (self.data / "PG_VERSION").exists():
            self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def is_external():
    """Whether the usual PG* variables name an existing server."""
    return bool(os.environ.get("PGHOST") or os.environ.get("PGPORT"))


def get():
    """The server to use: an existing one where PGHOST or PGPORT is set, else the private cluster."""
    return ExternalServer() if is_external() else PrivateCluster()
