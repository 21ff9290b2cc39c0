"""Bring a machine to the point where Odoo can run, doing only what is missing."""

import concurrent.futures
import contextlib
import importlib.util
import shutil
import subprocess
import time

from . import cluster, odoo_source, venv
from .console import Step, duration, file_lock, run, say
from .odoo import Odoo
from .paths import VAR, ensure_dir, is_root

# program -> (Debian package, what it is for)
PROGRAMS = {
    "chromium": ("chromium", "browser tests and tours"),
    "wkhtmltopdf": ("wkhtmltopdf", "PDF documents"),
    "a Chinese font": ("fonts-wqy-microhei", "Chinese in the browser and in PDF documents"),
}


def is_there(name):
    if name == "chromium":
        return any(shutil.which(program) for program in (name, "google-chrome", "chromium-browser"))
    if name == "a Chinese font":
        # Without fontconfig nothing can be told: the browser brings it.
        asked = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
        return not asked or bool(asked.stdout.strip())
    return bool(shutil.which(name))


def ensure_programs():
    """Find or install the optional programs and the font; return the names of those that stay missing."""
    missing = [name for name in PROGRAMS if not is_there(name)]
    if not missing:
        return []
    packages = [PROGRAMS[name][0] for name in missing]
    if is_root() and shutil.which("apt-get"):
        with contextlib.suppress(Exception), Step(f"Installing {', '.join(packages)}") as step:
            run(["apt-get", "update"], step=step, what="apt-get update")
            run(
                ["apt-get", "install", "-y", "--no-install-recommends", *packages],
                step=step,
                log=ensure_dir(VAR) / "apt.log",
                what="apt-get install",
            )
    missing = [name for name in missing if not is_there(name)]
    for name in missing:
        package, purpose = PROGRAMS[name]
        say(f"  Missing: {name} ({purpose}). As root: apt-get install {package}")
    return missing


def ensure_build_programs():
    """What set-up itself needs, venv and npm: root installs them; others get the command when it fails."""
    missing = [] if importlib.util.find_spec("ensurepip") else ["python3-venv"]
    if not shutil.which("npm"):
        missing.append("npm")
    if missing and is_root() and shutil.which("apt-get"):
        with Step(f"Installing {', '.join(missing)}") as step:
            run(["apt-get", "update"], step=step, what="apt-get update")
            run(
                ["apt-get", "install", "-y", "--no-install-recommends", *missing],
                step=step,
                log=ensure_dir(VAR) / "apt.log",
                what=f"installing {', '.join(missing)}",
                remedy=f"as root: apt-get install {' '.join(missing)}",
            )


def ensure_server_programs():
    """PostgreSQL's server programs: root installs them where they are missing."""
    try:
        cluster.bin_dir()
    except cluster.Fail:
        if not (is_root() and shutil.which("apt-get")):
            raise
        with Step("Installing PostgreSQL") as step:
            run(["apt-get", "update"], step=step, what="apt-get update")
            run(
                ["apt-get", "install", "-y", "--no-install-recommends", "postgresql", "postgresql-contrib"],
                step=step,
                log=ensure_dir(VAR) / "apt.log",
                what="installing PostgreSQL",
                remedy="as root: apt-get install postgresql postgresql-contrib",
            )


def ensure():
    """Set up what is missing; return `Odoo` (its server is not started yet)."""
    started = time.monotonic()
    with file_lock(ensure_dir(VAR) / "setup.lock", "waiting for another scripts/setup to finish"):
        if not (venv.ready() and odoo_source.find()):
            ensure_build_programs()
        # The two long downloads do not need each other.
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            python, source = (task.result() for task in [pool.submit(venv.ensure), pool.submit(odoo_source.ensure)])
        if not cluster.is_external():
            ensure_server_programs()
        ensure_programs()
    elapsed = time.monotonic() - started
    say(f"Set-up: Odoo {source.version}, Python environment and programs ready in {duration(elapsed)}.")
    return Odoo(source, python, cluster.get())
