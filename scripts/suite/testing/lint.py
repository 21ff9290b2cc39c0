"""Lint: ruff, pylint-odoo's mandatory set with Odoo's own plugins, and the format of XML and JavaScript."""

import os
import shutil
import subprocess
import time

from ..console import Fail, Step, run, say
from ..paths import ADDONS, CONFIG, ROOT, SCENARIO_ADDONS, VAR, cache_dir, ensure_dir
from .results import Results

PRETTIER = ("prettier@3.6.2", "@prettier/plugin-xml@3.4.2")
ODOO_PLUGINS = (
    "_pylint_path_setup",
    "pylint.extensions.bad_builtin",
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
ODOO_CHECKS = (
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)


def addon_folders():
    folders = sorted(path.parent for path in ADDONS.glob("*/__manifest__.py"))
    if SCENARIO_ADDONS.exists():
        folders += sorted(path.parent for path in SCENARIO_ADDONS.glob("*/__manifest__.py"))
    return folders


def run_lint(odoo, fix=False):
    """Run every linter; with `fix`, let ruff and prettier rewrite files. Return Results with problems only."""
    results = Results()
    started = time.monotonic()
    with Step("Lint") as step:
        step.detail = "ruff"
        _ruff(odoo, results, fix)
        step.detail = "prettier"
        _prettier(results, fix)
        step.detail = "pylint"
        _pylint(odoo, results)
    results.timings["lint"] = time.monotonic() - started
    return results


def _check(results, title, command, **kwargs):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        **kwargs,
    )
    if done.returncode:
        results.problem(f"{title}:\n{(done.stdout + done.stderr).strip()[-6000:]}")


def _ruff(odoo, results, fix):
    ruff = [odoo.python, "-m", "ruff"]
    config = ["--config", CONFIG / "ruff.toml", "--cache-dir", VAR / "ruff"]
    targets = ["addons", "scripts", "tests"]
    # Scripts carry no .py ending; name them.
    targets += [path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix]
    _check(results, "ruff check", [*ruff, "check", *config, *(["--fix"] if fix else []), *targets])
    _check(results, "ruff format", [*ruff, "format", *config, *([] if fix else ["--check"]), *targets])


def _pylint(odoo, results):
    plugins = odoo.source.package_dir / "addons" / "test_lint" / "tests"
    env = odoo.env()
    env["ADDONS_PATH"] = os.pathsep.join(str(path) for path in odoo.addons_path(with_tests=True))
    targets = addon_folders()
    pylint = [odoo.python, "-m", "pylint"]
    mandatory = [*pylint, f"--rcfile={CONFIG / 'pylintrc-mandatory'}", *targets]
    _check(results, "pylint-odoo", mandatory, env=env)
    # Odoo's plugins reuse message names of pylint-odoo, so they run in a process of their own.
    env["PYTHONPATH"] = os.pathsep.join([str(plugins), env["PYTHONPATH"]])
    options = [
        "--rcfile=/dev/null",
        "--disable=all,useless-option-value,unknown-option-value",
        "--reports=n",
        "--score=n",
    ]
    options += [f"--load-plugins={','.join(ODOO_PLUGINS)}", f"--enable={','.join(ODOO_CHECKS)}"]
    _check(results, "pylint with Odoo's plugins", [*pylint, *options, *targets], env=env)


def _prettier(results, fix):
    """XML and JavaScript formatting by prettier; fetched once by npm into the cache."""
    if not shutil.which("npm"):
        say("  npm is missing: the format of XML and JavaScript is not checked. As root: apt-get install npm")
        return
    folder = ensure_dir(cache_dir() / "prettier" / "-".join(name.rpartition("@")[2] for name in PRETTIER))
    if not (folder / "complete").exists():
        try:
            run(
                ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent", "--prefix", folder, *PRETTIER],
                cwd=folder,
                what="fetching prettier",
                remedy="check the network, then run scripts/test again",
            )
        except Fail as error:
            results.problem(f"{error} ({error.remedy})")
            return
        (folder / "complete").touch()
    config = (CONFIG / "prettier.json").read_text(encoding="utf-8")
    plugin = folder / "node_modules/@prettier/plugin-xml/src/plugin.js"
    own = ensure_dir(VAR) / "prettier.json"
    own.write_text(config.replace("@prettier/plugin-xml", str(plugin)), encoding="utf-8")
    targets = [
        str(path.relative_to(ROOT))
        for base in addon_folders()
        for path in sorted(base.rglob("*"))
        if path.suffix in (".xml", ".js", ".scss") and "lib" not in path.parts
    ]
    if targets:
        verb = "--write" if fix else "--check"
        command = [folder / "node_modules/.bin/prettier", verb, "--log-level", "warn", "--config", own, *targets]
        _check(results, "prettier (scripts/test --fix mends it)", command)
