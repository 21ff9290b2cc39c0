"""Where things live. Nothing here touches the disk except `ensure_dir`.

Three places, so that each can be deleted without losing another:
* the checkout: source, plus `.odoo` (Odoo unpacked), `.venv` and `.var` (logs,
  generated configuration), all ignored by git;
* the cache, outside the checkout: downloads, and the database cluster where the
  checkout cannot hold it;
* nothing else.
"""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
SCENARIO_ADDONS = ROOT / "tests" / "scenario"
CONFIG = ROOT / "config"
VAR = ROOT / ".var"
VENV = ROOT / ".venv"
ODOO_UNPACKED = ROOT / ".odoo"
SHARED = ROOT.parent / "shared"

SUITE = ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")
APP_NAME = "odoo-customer-suite"


def is_root():
    return os.geteuid() == 0


def cache_dir():
    """Folder for downloads, shared by every checkout of this user.

    `SUITE_CACHE` overrides it. root uses /var/cache, because the unprivileged
    user that runs PostgreSQL for root cannot enter /root.
    """
    if os.environ.get("SUITE_CACHE"):
        return Path(os.environ["SUITE_CACHE"]).expanduser().resolve()
    if is_root():
        return Path("/var/cache") / APP_NAME
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / APP_NAME


def ensure_dir(path, mode=0o755):
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    return path


def file_hash(*paths):
    """First 16 hex digits of the SHA-256 over names and contents of files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def tree_hash(folders, suffixes=None):
    """Hash every source file below `folders`; byte-code and tests' leftovers are skipped."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            if suffixes and path.suffix not in suffixes:
                continue
            digest.update(str(path.relative_to(folder.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
