"""The install matrix: each addon alone on what is beneath it, updated without change, and uninstalled without a trace.

For each addon a chain of its own, on copies of one database with nothing but `base` (and what Odoo adds to it):

    ground     what the addon depends on is installed, the addon is not
    install    the addon is installed on a copy; the log must be clean
    update     `-u` on unchanged source: no row of the addon or of Odoo's registry tables comes, goes or changes
    uninstall  tables, columns, data, menus, views, crons, rules and rights are those of the ground again
    reload     a fresh process loads what is left and builds its views

A chain is keyed by the content of its addon, of what the suite has beneath it and of this test.
One that passed with the same key is not run again. Grounds are kept in the cluster.
"""

import concurrent.futures
import hashlib
import os
import threading
import time

from .. import inside
from ..console import Fail, Step, file_lock, say
from ..database import manifest
from ..paths import ADDONS, ROOT, SUITE, VAR, cache_dir, ensure_dir, file_hash, tree_hash
from . import registry_rows
from .log_reader import LogReader
from .results import FAILED, PASSED, Results

INSIDE = ROOT / "scripts" / "suite" / "inside_odoo" / "uninstall.py"
JOBS = 2
# Copying a database ends the sessions on its source: no other chain may read a template meanwhile.
TEMPLATES = threading.Lock()


def run_matrix(odoo, databases):
    """Run every chain that has not passed with the same content; return one result a step."""
    results = Results()
    started = time.monotonic()
    chains = [Chain(odoo, databases, addon) for addon in SUITE]
    with file_lock(cache_dir() / "matrix.lock", "waiting for another script that runs the install matrix"):
        due = [chain for chain in chains if not chain.stamp.exists()]
        for chain in chains:
            if chain not in due:
                say(f"  Install matrix: {chain.addon} unchanged, passed before")
                results.merge(chain.passed_before())
        if due:
            _prepare(odoo, databases)
            with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
                for outcome in pool.map(Chain.run, due):
                    results.merge(outcome)
            _prune(databases, {chain.ground_name for chain in chains} | {base_name(odoo)})
    results.timings["matrix"] = time.monotonic() - started
    return results


def beneath(addon):
    """The suite's addons that `addon` stands on, nearest last."""
    direct = [name for name in manifest(addon)["depends"] if name in SUITE]
    found = []
    for name in direct:
        found += [*beneath(name), name]
    return list(dict.fromkeys(found))


def odoo_modules(addons):
    """Odoo's modules that these addons' manifests name."""
    return sorted({name for addon in addons for name in manifest(addon)["depends"]} - set(SUITE))


def _hash(*parts):
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


def base_name(odoo):
    return f"suite_matrix_base_{_hash(odoo.source.version)}"


def lower_name(odoo):
    """Odoo's modules beneath crm_custom: every ground starts from it."""
    return f"suite_matrix_ground_{_hash(odoo.source.version, *odoo_modules(['crm_custom']))}"


def _prepare(odoo, databases):
    """Make the database with `base` alone, and on it what crm_custom depends on."""
    base, lower = base_name(odoo), lower_name(odoo)
    if not databases.exists(base):
        _make(odoo, databases, None, base, ["base"], "a database with nothing but base")
    if not databases.exists(lower):
        _make(odoo, databases, base, lower, odoo_modules(["crm_custom"]), "what crm_custom depends on")


def _make(odoo, databases, source, name, modules, title):
    with Step(f"Install matrix: {title}") as step:
        if source:
            databases.copy(source, f"{name}_part")
        else:
            databases.drop(f"{name}_part")
            databases.create(f"{name}_part")
        log = ensure_dir(VAR / "log") / f"{name}.log"
        odoo.run("-d", f"{name}_part", "-i", ",".join(modules), "--stop-after-init", "--no-http", log=log, step=step)
        databases.rename(f"{name}_part", name)


def _prune(databases, keep):
    """Drop grounds of earlier content, and copies that a killed run left."""
    for name in databases.names():
        if name.startswith("suite_matrix_") and name not in keep:
            databases.drop(name)


class Chain:
    """The steps of one addon. A step that fails ends the chain."""

    def __init__(self, odoo, databases, addon):
        self.odoo, self.databases, self.addon = odoo, databases, addon
        self.beneath = beneath(addon)
        contents = [tree_hash([ADDONS / name]) for name in self.beneath]
        needs = [odoo.source.version, *odoo_modules([*self.beneath, addon])]
        self.ground_name = f"suite_matrix_ground_{_hash(*needs, *contents)}" if contents else lower_name(odoo)
        here = os.path.dirname(__file__)
        test = file_hash(*(type(ROOT)(here) / name for name in ("matrix.py", "registry_rows.py")), INSIDE)
        key = _hash(*needs, *contents, tree_hash([ADDONS / addon]), test)
        self.stamp = cache_dir() / "matrix" / f"{addon}-{key}.passed"
        self.database = f"suite_matrix_{addon}_{os.getpid()}"
        self.results = Results()

    def passed_before(self):
        results = Results()
        for step in ("install", "update", "uninstall", "reload"):
            results.record(self._name(step), PASSED)
        return results

    def run(self):
        """Run the steps; return their results."""
        try:
            with Step(f"Install matrix: {self.addon}") as step:
                self._steps(step)
        except Fail as error:
            self.results.problem(f"install matrix, {self.addon}: {error}")
        finally:
            self.databases.drop(self.database)
        for name, outcome in self.results.tests.items():
            if outcome == FAILED:
                say(f"  FAILED {name}: {self.results.reasons.get(name, '')[:2000]}")
        if self.results.green:
            ensure_dir(self.stamp.parent)
            for old in self.stamp.parent.glob(f"{self.addon}-*.passed"):
                old.unlink()
            self.stamp.touch()
        return self.results

    def _steps(self, step):
        step.detail = "ground"
        self._ensure_ground()
        with TEMPLATES:
            ground = registry_rows.names(self.odoo, self.ground_name)
            self.databases.copy(self.ground_name, self.database)
        step.detail = "install"
        if not self._odoo("install", "-i", self.addon):
            return
        own = sorted(registry_rows.tables(self.odoo, self.database) - ground["table"])
        before = registry_rows.rows(self.odoo, self.database, own)
        step.detail = "update"
        if self._odoo("update", "-u", self.addon):
            after = registry_rows.rows(self.odoo, self.database, own)
            self._compare("update", before, after, "changed by -u with unchanged source")
        step.detail = "uninstall"
        if self._inside("uninstall", module=self.addon):
            left = registry_rows.names(self.odoo, self.database)
            self._compare("uninstall", ground, left, "left or lost by uninstalling")
            step.detail = "reload"
            self._inside("reload")

    def _ensure_ground(self):
        with file_lock(cache_dir() / f"{self.ground_name}.lock", "waiting for a ground of the install matrix"):
            if self.databases.exists(self.ground_name):
                return
            modules = [*odoo_modules([self.addon]), *self.beneath]
            log = ensure_dir(VAR / "log") / f"matrix-{self.addon}-ground.log"
            part = f"{self.ground_name}_part"
            with TEMPLATES:
                self.databases.copy(lower_name(self.odoo), part)
            self.odoo.run("-d", part, "-i", ",".join(modules), "--stop-after-init", "--no-http", log=log)
            self.databases.rename(part, self.ground_name)

    def _name(self, step):
        return f"matrix::{self.addon}::{step}"

    def _odoo(self, step, *arguments):
        log = VAR / "log" / f"matrix-{self.addon}-{step}.log"
        code = self.odoo.run(
            *("-d", self.database, *arguments, "--stop-after-init", "--no-http"), log=log, allow_failure=True
        )
        return self._judge_log(step, log, code)

    def _inside(self, step, **arguments):
        log = VAR / "log" / f"matrix-{self.addon}-{step}.log"
        log.unlink(missing_ok=True)
        try:
            inside.call(self.odoo, INSIDE, step, [self.database], arguments, log=log)
        except Fail as error:
            self.results.record(self._name(step), FAILED, f"{error}\n")
            return False
        return self._judge_log(step, log, 0)

    def _judge_log(self, step, log, code):
        """A step passes if Odoo ended well and logged no warning."""
        reader = LogReader(SUITE)
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                reader.feed(line)
        problems = reader.finish(code, step).problems
        self.results.record(self._name(step), FAILED if problems else PASSED, "\n".join(problems))
        return not problems

    def _compare(self, step, expected, found, what):
        differences = registry_rows.differences(expected, found)
        if differences:
            self.results.record(self._name(step), FAILED, f"{what}:\n" + "\n".join(differences) + "\n")
