"""Databases of the server: creating, copying, dropping, and the templates that make a second run fast.

Two templates, each keyed by what it was made of:
* `suite_base_<key>`: the Odoo modules that the suite depends on, without the
  suite (minutes to make, once per Odoo version and list of modules);
* `suite_<key>`: the four addons on top (seconds), keyed by the addons' content.
"""

import ast
import hashlib
import os
import subprocess
import time

from .console import Fail, Step, file_lock
from .paths import ADDONS, SUITE, VAR, cache_dir, ensure_dir, tree_hash

KEEP_SUITE_TEMPLATES = 3
SOURCE_SUFFIXES = {".py", ".xml", ".csv", ".js", ".scss", ".css", ".po", ".pot", ".json", ".svg", ".png"}


class Databases:
    def __init__(self, server):
        self.server = server

    def _psql(self, statement, database="postgres"):
        done = subprocess.run(
            [self.server.client("psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement],
            env={**os.environ, **self.server.env()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Fail(f"PostgreSQL refused: {done.stderr.strip()}", "check that the role may create databases")
        return done.stdout.splitlines()

    def names(self):
        return self._psql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname")

    def exists(self, name):
        return name in self.names()

    def drop(self, name):
        """Drop a database and its filestore.

        FORCE may not end a worker of autovacuum that looks at the database just then (it belongs to the cluster's
        superuser): that one is gone in a moment, so try again.
        """
        for pause in (0.5, 1, 2, 4, 8, 15, 0):
            try:
                self._psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                break
            except Fail as failure:
                if not pause or "pg_signal_backend" not in str(failure):
                    raise
                time.sleep(pause)
        subprocess.run(["rm", "-rf", str(cache_dir() / "filestore" / "filestore" / name)], check=False)

    def create(self, name):
        self._psql(f"CREATE DATABASE \"{name}\" TEMPLATE template1 ENCODING 'UTF8'")

    def copy(self, source, target):
        """Copy a database and its filestore. Sessions on the source are closed first."""
        self.drop(target)
        self._psql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}' AND usename = user"
        )
        self._psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        folder = cache_dir() / "filestore" / "filestore"
        if (folder / source).exists():
            subprocess.run(["cp", "-a", str(folder / source), str(folder / target)], check=True)

    def rename(self, source, target):
        self.drop(target)
        self._psql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
        folder = cache_dir() / "filestore" / "filestore"
        if (folder / source).exists():
            (folder / source).rename(folder / target)


def manifest(addon, folder=ADDONS):
    return ast.literal_eval((folder / addon / "__manifest__.py").read_text(encoding="utf-8"))


def base_modules():
    """Odoo modules that the suite's manifests name."""
    names = {name for addon in SUITE for name in manifest(addon).get("depends", [])}
    return sorted(names - set(SUITE))


def base_name(odoo):
    key = "_".join([odoo.source.version, *base_modules()])
    return f"suite_base_{_short_hash(key)}"


def _short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def suite_name(odoo):
    digest = tree_hash([ADDONS / addon for addon in SUITE], SOURCE_SUFFIXES)
    return f"suite_{_short_hash(base_name(odoo) + digest)}"


def _build(odoo, databases, name, title, modules, source=None):
    """Make database `name` by installing modules, under a temporary name until it is whole."""
    partial = f"{name}_part"
    log = ensure_dir(VAR / "log") / f"{name}.log"
    with Step(title) as step:
        if source:
            databases.copy(source, partial)
        else:
            databases.drop(partial)
            databases.create(partial)
        odoo.run(
            *("-d", partial, "-i", ",".join(modules), "--stop-after-init", "--no-http"),
            log=log,
            step=step,
            with_tests=True,
        )
        databases.rename(partial, name)
    return log


def ensure_base(odoo, databases):
    name = base_name(odoo)
    with file_lock(cache_dir() / f"{name}.lock", "waiting for another script that makes the same database"):
        if not databases.exists(name):
            _build(odoo, databases, name, "Installing Odoo's modules into a template database", base_modules())
    return name


def ensure_suite(odoo, databases):
    """Return the template with the four addons, and the log of its installation if it was made now."""
    base = ensure_base(odoo, databases)
    name = suite_name(odoo)
    log = VAR / "log" / f"{name}.log"
    with file_lock(cache_dir() / f"{name}.lock", "waiting for another script that makes the same database"):
        if not databases.exists(name) or not log.exists():
            log = _build(odoo, databases, name, "Installing the four addons", SUITE, source=base)
            _prune(databases, keep=name)
    (cache_dir() / f"{name}.used").write_text(str(time.time()), encoding="utf-8")
    return name, log


def _prune(databases, keep):
    """Drop the oldest suite templates; the base templates stay."""
    prefix = "suite_"
    templates = [
        name
        for name in databases.names()
        if name.startswith(prefix) and name.count("_") == 1 and len(name) == len(prefix) + 12 and name != keep
    ]

    def last_used(name):
        stamp = cache_dir() / f"{name}.used"
        return stamp.stat().st_mtime if stamp.exists() else 0

    for name in sorted(templates, key=last_used, reverse=True)[KEEP_SUITE_TEMPLATES - 1 :]:
        databases.drop(name)
        for suffix in (".used", ".lock"):
            (cache_dir() / f"{name}{suffix}").unlink(missing_ok=True)
