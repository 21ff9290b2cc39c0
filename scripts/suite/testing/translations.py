"""Every text is in its addon's .pot and translated: checked by scripts/i18n in the suite's own Python."""

import subprocess
import time

from ..console import Step
from ..paths import ROOT
from .results import Results


def run_translations(odoo):
    results = Results()
    started = time.monotonic()
    with Step("Translations"):
        done = subprocess.run(
            [str(odoo.python), str(ROOT / "scripts" / "i18n"), "--check"], capture_output=True, text=True, check=False
        )
    if done.returncode:
        for line in done.stdout.splitlines():
            if ".po" in line:
                results.problem(line)
        if not results.problems:
            results.problem(f"scripts/i18n --check failed:\n{(done.stdout + done.stderr)[-2000:]}")
    results.timings["translations"] = time.monotonic() - started
    return results
