"""Which requirement rows are proved: the rows, the tests that claim them, and the last test run.

A test claims rows by the ids that its docstring starts with: `R172, R173.1: text`.
A row is
* proved: a test that claims it ran and passed in the last run, and none that claims it failed;
* claimed: a test names it, but no such test ran and passed, or one failed;
* open: no test names it.
"""

import ast
import json
import re
from dataclasses import dataclass

from .console import Fail
from .paths import ADDONS, ROOT, SCENARIO_ADDONS, SHARED, VAR

ROWS = SHARED / "requirements"
LAST_RUN = VAR / "last-run.json"
PURE = ROOT / "tests" / "pure"
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


def _tests(tree):
    """Yield (class name or None, function) for every test in a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            inner = ((node.name, child) for child in node.body)
        else:
            inner = ((None, node),)
        for owner, child in inner:
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and child.name.startswith("test"):
                yield owner, child


def test_name(path, owner, function):
    """Name of a test as in the last run's file: dotted for Odoo's tests, pytest's own for the others."""
    for base in (ADDONS, SCENARIO_ADDONS):
        if path.is_relative_to(base):
            return ".".join([*path.relative_to(base).with_suffix("").parts, *filter(None, [owner]), function])
    return "::".join([path.relative_to(ROOT).as_posix(), *filter(None, [owner]), function])


def read_claims(files=None):
    """Return every claim in the test files."""
    claims = []
    for path in files or test_files():
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for owner, function in _tests(tree):
            for row in claimed_ids(ast.get_docstring(function)):
                name = test_name(path, owner, function.name)
                claims.append(Claim(row, name, f"{path.relative_to(ROOT)}:{function.lineno}"))
    return claims


def test_files():
    found = [*ADDONS.glob("*/tests/**/test_*.py"), *PURE.rglob("test_*.py"), *SCENARIO_ADDONS.rglob("test_*.py")]
    return sorted(found)


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
