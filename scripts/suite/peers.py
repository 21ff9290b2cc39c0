"""Addons of others that benchmarks run beside the suite, as peers and oracles.

They are AGPL and never become a dependency: they are fetched into the cache, put on
the addons path of a benchmark's own database only, and pinned by checksum.
"""

import shutil
import zipfile

from .console import Fail, Step, file_lock, run
from .paths import ROOT, cache_dir, ensure_dir, file_hash

FOLDER = ROOT / "tests" / "bench"
PINNED = "peers.txt"


def key(pinned=PINNED):
    return file_hash(FOLDER / pinned)[:8]


def ensure(odoo, pinned=PINNED):
    """Return the folder with the addons of a list in tests/bench, or None (and say so) where they cannot be had."""
    folder = cache_dir() / "peers" / key(pinned)
    addons = folder / "odoo" / "addons"
    with file_lock(ensure_dir(cache_dir()) / "peers.lock", "waiting for another script that fetches the peers"):
        if (folder / "complete").exists():
            return addons
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _fetch(odoo, folder, FOLDER / pinned)
        except Fail as error:
            print(f"  The peers of {pinned} cannot be fetched; their comparison is left out.\n  {error}")
            return None
    return addons


def _fetch(odoo, folder, pinned):
    wheels = ensure_dir(folder / "wheels")
    with Step("Fetching OCA's addons to compare with") as step:
        run(
            [
                *(odoo.python, "-m", "pip", "download", "--no-deps", "--require-hashes"),
                *("--disable-pip-version-check", "--dest", wheels, "-r", pinned),
            ],
            step=step,
            what="pip download",
        )
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    (folder / "complete").touch()
