"""Reads Odoo's log while it is written: test outcomes, and warnings that nobody expected."""

import re

from ..odoo import LOG_LINE
from .results import FAILED, PASSED, SKIPPED, Results

TEST_LOGGER = re.compile(r"^odoo\.addons\.(?P<path>[\w.]*tests?\.[\w.]+)$")
STARTING = re.compile(r"^Starting (?P<test>[\w.]+) \.\.\.")
OUTCOME = re.compile(r"^(?P<kind>FAIL|ERROR): (?:Subtest )?(?P<test>\w+\.\w+)")
HOLDER = re.compile(r"^(?P<kind>FAIL|ERROR): (?P<what>(?:setUpClass|tearDownClass|setUpModule)\b.*)")
SKIP = re.compile(r"^skipped (?P<test>[\w.]+) : (?P<reason>.*)")
LEVELS = ("WARNING", "ERROR", "CRITICAL")

# Warnings of Odoo itself on this set-up, none of them about the suite. Each has its reason.
EXPECTED = tuple(
    re.compile(pattern)
    for pattern in (
        # An existing server whose unaccent is not declared immutable: only slower.
        r"UserWarning: PostgreSQL function 'unaccent' is present but not immutable",
        # Odoo's own browser driver asks Chromium for things a headless one lacks.
        r"odoo\.tests\.chrome|Chrome(?:dp)? .*(?:websocket|Timeout)",
        # The unpatched wkhtmltopdf of Debian; documents are designed to stand without it.
        r"Wkhtmltopdf|wkhtmltopdf",
        # Odoo prints how slow its own summary was.
        r"odoo\.tests\.stats",
    )
)


class LogReader:
    """Feed it lines; it fills a Results. `prefix` filters test modules (None: all)."""

    def __init__(self, addons):
        self.results = Results()
        self.addons = tuple(addons)
        self.started = 0
        self._current = None  # the failure whose traceback lines follow
        self._warnings = {}

    def feed(self, line):
        found = LOG_LINE.match(line)
        if not found:
            if self._current:
                self._append(line)
            return
        self._current = None
        path = TEST_LOGGER.match(found["logger"])
        text = found["text"]
        if path and self._test_line(path["path"], text):
            return
        if found["level"] in LEVELS and not any(pattern.search(line) for pattern in EXPECTED):
            self._warn(found, text)

    def _test_line(self, path, text):
        """Handle a line of the test runner; return whether it was one."""
        if start := STARTING.match(text):
            self.started += 1
            self.results.record(f"{path}.{start['test']}", PASSED)
            return True
        if skip := SKIP.match(text):
            self.results.record(f"{path}.{skip['test']}", SKIPPED, skip["reason"])
            return True
        if outcome := OUTCOME.match(text):
            self._current = f"{path}.{outcome['test']}"
            self.results.record(self._current, FAILED, text + "\n")
            return True
        if holder := HOLDER.match(text):
            self._current = f"{path}.{holder['what'].split()[0]}"
            self.results.record(self._current, FAILED, text + "\n")
            return True
        return False

    def _append(self, line):
        reason = self.results.reasons.get(self._current, "")
        if len(reason) < 6000:
            self.results.reasons[self._current] = reason + line

    def _warn(self, found, text):
        if found["logger"] == "odoo.tests.result" or text.startswith("Module ") and "failures" in text:
            return  # the runner's own summary of failures that are already recorded
        if found["logger"] == "odoo.modules.loading" and "failed" in text:
            return
        key = (found["level"], found["logger"], re.sub(r"\d+", "N", text[:160]))
        self._warnings.setdefault(key, f"{found['level']} {found['logger']}: {text[:600]}")

    def finish(self, exit_code, title):
        for text in self._warnings.values():
            self.results.problem(f"log of {title}: {text}")
        if exit_code and not self.results.count(FAILED) and not self.results.problems:
            self.results.problem(f"{title}: Odoo ended with exit code {exit_code}")
        return self.results
