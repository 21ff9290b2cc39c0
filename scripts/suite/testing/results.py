"""What a run found: one record a test, and problems that belong to no test."""

import dataclasses
import json
import time

from ..console import say
from ..paths import VAR, ensure_dir

LAST_RUN = VAR / "last-run.json"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass
class Results:
    """Outcomes by test name; `problems` are failures outside tests (lint, log warnings, tests never run)."""

    tests: dict = dataclasses.field(default_factory=dict)
    reasons: dict = dataclasses.field(default_factory=dict)  # test name -> why it failed or was skipped
    problems: list = dataclasses.field(default_factory=list)
    timings: dict = dataclasses.field(default_factory=dict)  # step -> seconds

    def record(self, name, outcome, reason=""):
        """Keep the worst outcome where a test reports twice (subtests)."""
        rank = (PASSED, SKIPPED, FAILED)
        if rank.index(outcome) >= rank.index(self.tests.get(name, PASSED)):
            self.tests[name] = outcome
        if reason:
            self.reasons[name] = reason

    def problem(self, text):
        self.problems.append(text)

    def merge(self, other):
        for name, outcome in other.tests.items():
            self.record(name, outcome, other.reasons.get(name, ""))
        self.problems += other.problems
        self.timings.update(other.timings)

    def count(self, outcome):
        return sum(1 for value in self.tests.values() if value == outcome)

    @property
    def green(self):
        return not self.problems and not self.count(FAILED) and self.count(PASSED) > 0

    def save(self, whole):
        """Write the run for scripts/requirements; a partial run only updates the tests that it ran."""
        tests = dict(self.tests)
        if not whole and LAST_RUN.exists():
            tests = {**json.loads(LAST_RUN.read_text(encoding="utf-8"))["tests"], **tests}
        ensure_dir(VAR)
        content = {"finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "tests": tests}
        LAST_RUN.write_text(json.dumps({**content, "timings": self.timings}, indent=1), encoding="utf-8")

    def show_problems(self):
        for problem in self.problems:
            say(f"\nPROBLEM {problem}")

    def show(self):
        for name, outcome in sorted(self.tests.items()):
            if outcome == FAILED:
                say(f"\nFAILED {name}\n{self.reasons.get(name, '')}")
        self.show_problems()
        skipped = [name for name, outcome in self.tests.items() if outcome == SKIPPED]
        for name in sorted(skipped):
            say(f"skipped {name}: {self.reasons.get(name, '')}")
        say("\nTime by step: " + ", ".join(f"{step} {seconds:.0f} s" for step, seconds in self.timings.items()))
        if self.problems:
            say(f"{len(self.problems)} problems outside tests (lint, log warnings, tests that never ran)")
        # The closing line counts problems as failures, so that a red run never reads as a green one.
        failed = self.count(FAILED) + len(self.problems)
        say(f"{self.count(PASSED)} passed, {failed} failed, {len(skipped)} skipped")
