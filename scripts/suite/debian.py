"""Fetch Debian packages through a private apt state, without root and without touching the system's sources.

apt checks the archive's signature and each package's hash; this module adds a
check that a cached file is a whole archive before it is unpacked.
"""

import shutil
import subprocess

from .console import Fail, run
from .paths import ensure_dir

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def mirror():
    """URL of the Debian mirror that this machine's apt already uses."""
    if not shutil.which("apt-get"):
        raise Fail(
            "This machine has no apt, so the Debian package of Odoo cannot be fetched.",
            "set ODOO_HOME to a checkout of Odoo's branch 19.0, for example: ODOO_HOME=~/odoo scripts/setup",
        )
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)|$(CODENAME)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    for line in found.splitlines():
        uri, _, rest = line.partition(" ")
        if rest.partition("|")[0] == "Debian":
            return uri
    raise Fail(
        "apt knows no Debian mirror (its package lists are empty).",
        "as root: apt-get update   (or set ODOO_HOME to a checkout of Odoo's branch 19.0)",
    )


def stable_codename():
    """Codename of the installed Debian (bookworm, trixie ...); 'stable' where it cannot be told."""
    try:
        with open("/etc/os-release", encoding="utf-8") as handle:
            values = dict(line.rstrip().split("=", 1) for line in handle if "=" in line)
    except OSError:
        return "stable"
    codename = values.get("VERSION_CODENAME", "stable").strip('"')
    return codename if values.get("ID", "").strip('"') == "debian" else "stable"


class PrivateApt:
    """An apt state of our own for one suite, kept in the cache folder."""

    def __init__(self, cache, suite):
        self.suite = suite
        self.folder = ensure_dir(cache / "apt" / suite)
        self.debs = ensure_dir(cache / "debs" / suite)
        for part in ("lists/partial", "cache/archives/partial"):
            ensure_dir(self.folder / part)
        self.log = self.folder / "apt.log"

    def _options(self):
        folder = self.folder
        options = {
            "Dir::Etc::SourceList": folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            "APT::Sandbox::User": "",
            "Acquire::Retries": "3",
        }
        return [part for key, value in options.items() for part in ("-o", f"{key}={value}")]

    def update(self, step=None):
        source = f"deb [signed-by={KEYRING}] {mirror()} {self.suite} main\n"
        (self.folder / "sources.list").write_text(source, encoding="utf-8")
        run(
            ["apt-get", *self._options(), "update"],
            step=step,
            log=self.log,
            what=f"reading the package list of Debian {self.suite}",
            remedy="check the network, then run scripts/setup again (or set ODOO_HOME)",
        )

    def candidate(self, package):
        """Version that would be fetched, or None."""
        shown = subprocess.run(
            ["apt-cache", *self._options(), "policy", package], capture_output=True, text=True, check=False
        ).stdout
        for line in shown.splitlines():
            if line.strip().startswith("Candidate:"):
                version = line.split(":", 1)[1].strip()
                return None if version == "(none)" else version
        return None

    def cached(self, package):
        """Newest whole .deb of `package` in the cache, or None; broken files are removed."""
        for path in sorted(self.debs.glob(f"{package}_*.deb"), reverse=True):
            check = subprocess.run(["dpkg-deb", "--info", str(path)], capture_output=True, check=False)
            whole = check.returncode == 0 and not (self.debs / f"{path.name}.part").exists()
            if whole:
                return path
            path.unlink()
        return None

    def download(self, package, step=None):
        """Fetch `package` into the cache; apt verifies it against the signed list."""
        run(
            ["apt-get", *self._options(), "download", package],
            step=step,
            log=self.log,
            cwd=self.debs,
            what=f"fetching the Debian package {package}",
            remedy="check the network, then run scripts/setup again",
        )
        path = self.cached(package)
        if not path:
            raise Fail(f"apt fetched no usable package {package}.", f"see {self.log}, then run scripts/setup again")
        return path


def unpack(deb, target):
    run(
        ["dpkg-deb", "--extract", deb, target],
        what=f"unpacking {deb.name}",
        remedy=f"delete {deb} and run scripts/setup again; check free disk space with: df -h",
    )
