"""Tests inside Odoo: copies of the template database, in parallel, with the log read as it is written."""

import concurrent.futures
import os
import time

from ..console import Step
from ..odoo import free_port
from ..paths import SUITE, VAR, ensure_dir
from .log_reader import LogReader

# Which addons share a database copy and a process; two run at a time on two cores.
SHARDS = (
    ("custom", ("crm_custom",)),
    ("bridge", ("crm_finance_bridge",)),
    ("service", ("crm_service",)),
    ("marketing", ("crm_marketing",)),
)
JOBS = 2


class Shard:
    """One process: a database copy, the tags to run and an addon to install first (or none)."""

    def __init__(self, name, tags, addons, install=()):
        self.name = name
        self.tags = tags
        self.addons = addons
        self.install = install


def shards_for(addons, scenario):
    shards = [
        Shard(name, ",".join(f"/{addon}" for addon in members if addon in addons), members)
        for name, members in SHARDS
        if set(members) & set(addons)
    ]
    if scenario:
        shards.append(
            Shard("scenario", ",".join(f"/{name}" for name in scenario), tuple(scenario), install=tuple(scenario))
        )
    return shards


def lint_shard():
    """Odoo's own checks of addons, with the four installed.

    Its pylint part runs in lint.py, on our files only; the self-tests of its pylint plugins are Odoo's affair.
    """
    return Shard(
        "odoo-lint",
        "/test_lint,-/test_lint:TestPyLint,-/test_lint:TestGetTextLint,-/test_lint:TestI18nChecks,-/test_lint:TestSqlLint",
        ("test_lint", *SUITE),
        install=("test_lint",),
    )


def drop_leftovers(databases):
    """Drop the copies of runs that were killed: their process is gone."""
    for name in databases.names():
        pid = name.rpartition("_")[2]
        if name.startswith("suite_test_") and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            databases.drop(name)


def run_shards(odoo, databases, template, shards):
    """Run every shard, two at a time; return their merged Results."""
    drop_leftovers(databases)
    merged = None
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        futures = [pool.submit(_run_shard, odoo, databases, template, shard) for shard in shards]
        for future in futures:
            results = future.result()
            if merged is None:
                merged = results
            else:
                merged.merge(results)
    return merged


def _run_shard(odoo, databases, template, shard):
    started = time.monotonic()
    database = f"suite_test_{shard.name.replace('-', '_')}_{os.getpid()}"
    log = ensure_dir(VAR / "log") / f"test-{shard.name}.log"
    reader = LogReader(shard.addons)
    with Step(f"Odoo tests: {shard.name}") as step:

        def read(line):
            reader.feed(line)
            step.detail = f"{reader.started} tests started"

        databases.copy(template, database)
        try:
            arguments = ["-d", database, "--stop-after-init", f"--http-port={free_port(0)}"]
            arguments += ["--test-tags", shard.tags, f"--db-filter=^{database}$"]
            if shard.install:
                arguments += ["-i", ",".join(shard.install)]
            code = odoo.run(*arguments, log=log, on_line=read, with_tests=True, allow_failure=True)
        finally:
            databases.drop(database)
    results = reader.finish(code, shard.name)
    results.timings[shard.name] = time.monotonic() - started
    return results
