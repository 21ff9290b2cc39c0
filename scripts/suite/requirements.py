"""Which requirement rows are proved: the rows, the tests that claim them, and the last test run.

A test claims rows by the ids that its docstring starts with: `R172, R173.1: text`.
A row is
* proved: a test that claims it ran and passed in the last run, and none that claims it failed;
* claimed: a test names it, but no such test ran and passed, or one failed;
* open: no test names it.
"""

import json
import re
from dataclasses import dataclass

from .console import Fail
from .paths import ROOT, SHARED, VAR
from .testing import written

ROWS = SHARED / "requirements"
LAST_RUN = VAR / "last-run.json"
ADDON_ORDER = ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge", "platform_ops")

ROW = re.compile(r"^\|\s*(R\d+(?:\.\d+)?)\s*\|")
CLAIM = re.compile(r"^\s*(R\d+(?:\.\d+)?(?:\s*,\s*R\d+(?:\.\d+)?)*)\s*:")


@dataclass(frozen=True)
class Claim:
    """A test that names a row. `test` is its name as in the last run's file."""

    row: str
    test: str
    place: str


def read_rows(folder=ROWS):
    """Return {addon: [row id]} in the order of the files; the file's name is the addon's."""
    if not folder.is_dir():
        raise Fail(
            f"The requirements are not there: {folder}.",
            "put the shared folder beside the checkout (../shared/requirements/*.md)",
        )
    rows = {addon: [] for addon in ADDON_ORDER}
    for path in sorted(folder.glob("*.md")):
        if path.stem in rows:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows[path.stem] = [found[1] for line in lines if (found := ROW.match(line))]
    return rows


def claimed_ids(docstring):
    """Return the row ids that a docstring starts with.

    >>> claimed_ids("R172, R173.1: a part-paid invoice sits in one bucket.")
    ['R172', 'R173.1']
    >>> claimed_ids("See R172: nothing is claimed in passing.")
    []
    """
    found = CLAIM.match(docstring or "")
    return [part.strip() for part in found[1].split(",")] if found else []


def read_claims(tests=None):
    """Return every claim; `tests` is {name as in the last run's file: (file, docstring)}, all tests without it."""
    if tests is None:
        tests = {**written.odoo_tests(), **written.pure_tests()}
    return [
        Claim(row, name, str(path.relative_to(ROOT)))
        for name, (path, docstring) in tests.items()
        for row in claimed_ids(docstring)
    ]


def read_results(path=LAST_RUN):
    """Return {test name: passed, failed or skipped}; a parametrised test fails if one of its cases fails."""
    if not path.exists():
        return {}
    results = {}
    for name, outcome in json.loads(path.read_text(encoding="utf-8"))["tests"].items():
        plain = name.removeprefix("odoo.addons.").partition("[")[0]
        results.setdefault(plain, set()).add(outcome)
    return {name: _worst(outcomes) for name, outcomes in results.items()}


def _worst(outcomes):
    return next((outcome for outcome in ("failed", "passed", "skipped") if outcome in outcomes), "failed")


def judge(rows, claims, results):
    """Return ({addon: {"proved": [...], "claimed": [...], "open": [...]}}, claims that name no row)."""
    outcomes = {}
    for claim in claims:
        outcomes.setdefault(claim.row, set()).add(results.get(claim.test, "not run"))
    report = {}
    for addon, ids in rows.items():
        states = {"proved": [], "claimed": [], "open": []}
        for row in ids:
            states[_state(outcomes.get(row))].append(row)
        report[addon] = states
    known = {row for ids in rows.values() for row in ids}
    return report, [claim for claim in claims if claim.row not in known]


def _state(outcomes):
    if not outcomes:
        return "open"
    return "proved" if "passed" in outcomes and "failed" not in outcomes else "claimed"
