"""Benchmarks: one file each in tests/bench, found by name, run one after the other.

A benchmark file has a docstring, whose first line is its title, and `run(bench)`,
which returns rows: `Compared` (ours beside a reference, with a limit on the ratio)
and `Checked` (something that must hold). What has to happen inside Odoo is a
function of the same file, called through `bench.inside`.

Absolute times move with the machine: only ratios taken in one run are judged.
"""

import importlib.util
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import inside
from .console import Fail, Step, file_lock
from .paths import ROOT, VAR, cache_dir

FOLDER = ROOT / "tests" / "bench"


@dataclass(frozen=True)
class Compared:
    """Ours beside a reference in the same unit ("s" or "queries"); `limit` is on ours / reference."""

    what: str
    ours: float
    reference: float
    unit: str = "s"
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self):
        return self.ours / self.reference if self.reference else float("inf")

    @property
    def passed(self):
        return None if self.limit is None else self.ratio <= self.limit

    def as_json(self):
        return {**asdict(self), "ratio": round(self.ratio, 4), "passed": self.passed}


@dataclass(frozen=True)
class Checked:
    """Something that must hold (`passed`), or a figure for the record where `passed` is None."""

    what: str
    passed: bool | None
    note: str = ""

    def as_json(self):
        return asdict(self)


class Bench:
    """What a benchmark works with."""

    def __init__(self, odoo, databases, partners, invoices, runs):
        self.odoo = odoo
        self.databases = databases
        self.partners = partners
        self.invoices = invoices
        self.runs = runs

    def inside(self, function, databases, *, addons=(), title, **arguments):
        """Call `function` of a benchmark file inside Odoo, with the registries of `databases` (see inside.py)."""
        script = Path(function.__code__.co_filename)
        log = VAR / "log" / f"bench_{script.stem}.log"
        with Step(title) as step:
            return inside.call(
                self.odoo, script, function.__name__, databases, arguments, log=log, addons=addons, step=step
            )

    def install(self, source, name, modules, *, addons=(), title):
        """Make database `name` from `source` plus modules, unless it is there; drop its forerunners.

        Forerunners are the databases whose names differ only in what follows the last underscore.
        """
        prefix = name.rpartition("_")[0]
        with file_lock(cache_dir() / f"{prefix}.lock", "waiting for another script that makes the same database"):
            if self.databases.exists(name):
                return name
            for old in self.databases.names():
                if old.rpartition("_")[0] == prefix:
                    self.databases.drop(old)
            self._install(source, name, modules, addons, title)
        return name

    def _install(self, source, name, modules, addons, title):
        path = ",".join(str(folder) for folder in (*addons, *self.odoo.addons_path()))
        with Step(title) as step:
            self.databases.copy(source, f"{name}_part")
            self.odoo.run(
                *("-d", f"{name}_part", "-i", ",".join(modules), f"--addons-path={path}"),
                *("--stop-after-init", "--no-http"),
                log=VAR / "log" / f"{name}.log",
                step=step,
            )
            inside.psql(self.odoo, f"{name}_part", "-c", "VACUUM ANALYZE")
            self.databases.rename(f"{name}_part", name)


def median_of(samples):
    return statistics.median(samples)


def available():
    """Return {name: (title, module)} of the files in tests/bench."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        spec = importlib.util.spec_from_file_location(f"suite_bench_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found[path.stem] = ((module.__doc__ or path.stem).strip().splitlines()[0], module)
    return found


def choose(names):
    """Return the benchmarks of these names, or all."""
    known = available()
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Fail(f"No benchmark is called {', '.join(unknown)}.", f"one of: {', '.join(known)}")
    return {name: known[name] for name in known if not names or name in names}


def run_all(bench, chosen):
    """Return {name: {"title", "seconds", "passed", "rows"}}; `passed` is False if a row with a limit fails."""
    results = {}
    for name, (title, module) in chosen.items():
        started = time.monotonic()
        rows = list(module.run(bench))
        results[name] = {
            "title": title,
            "seconds": round(time.monotonic() - started, 1),
            "passed": all(row.passed is not False for row in rows),
            "rows": rows,
        }
    return results
