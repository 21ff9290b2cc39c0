"""Tests of the pure rules, by pytest, without Odoo or a database."""

import time
import xml.etree.ElementTree as ElementTree

from ..console import Fail, Step, run
from ..paths import ROOT, VAR, ensure_dir
from .results import FAILED, PASSED, SKIPPED, Results


def run_pure(python, paths=None):
    """Run pytest on tests/pure (or the given files) and return Results named as pytest names them."""
    report = ensure_dir(VAR) / "pure.xml"
    report.unlink(missing_ok=True)
    results = Results()
    started = time.monotonic()
    targets = paths or [ROOT / "tests" / "pure"]
    with Step("Pure rules (pytest)") as step:
        try:
            run(
                [
                    *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT),
                    *("-c", ROOT / "config" / "pytest.ini", "--junit-xml", report, *targets),
                ],
                step=step,
                cwd=ROOT,
                log=VAR / "log" / "pure.log",
                what="pytest",
            )
        except Fail as error:
            if not report.exists():
                results.problem(f"pytest could not run: {error}")
                return results
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        _record(results, case)
    results.timings["pure"] = time.monotonic() - started
    return results


def _record(results, case):
    """One <testcase>: classname tests.pure.x.test_y[.TestZ], name test_a[param]."""
    parts = case.get("classname", "").split(".")
    split = next((i for i, part in enumerate(parts) if part[:1].isupper()), len(parts))
    path = "/".join(parts[:split]) + ".py"
    name = "::".join([path, *parts[split:], case.get("name", "").partition("[")[0]])
    for tag, outcome in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        node = case.find(tag)
        if node is not None:
            results.record(name, outcome, (node.text or node.get("message") or "")[-4000:])
            return
    results.record(name, PASSED)
