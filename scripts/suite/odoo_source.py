"""Odoo 19.0: from `ODOO_HOME`, or Debian's package unpacked (not installed) into `.odoo`."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import debian
from .console import Fail, Step, run
from .paths import ODOO_UNPACKED, cache_dir, ensure_dir

SERIES = "19.0"
PACKAGE = "odoo-19"
# Files that the package links to, in `usr/share` beside it. Font Awesome must be
# the stable suite's 4.7: the unstable one is 7 and has other file names.
LINKED_PACKAGES = (
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
)
# The one file that Debian left out; the web client's console complains without it.
SEGMENTATION = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SEGMENTATION_NPM = "@mediapipe/selfie_segmentation"


class OdooSource:
    """Where Odoo's Python package, its addons and its start script are."""

    def __init__(self, package_dir, binary):
        self.package_dir = Path(package_dir)  # the folder `odoo`
        self.binary = Path(binary)
        self.version = read_version(self.package_dir)

    @property
    def python_path(self):
        return self.package_dir.parent

    @property
    def addons_paths(self):
        paths = [self.package_dir / "addons"]
        outer = self.package_dir.parent / "addons"
        # In a source checkout most addons are beside the `odoo` package; in
        # Debian's package all are inside and the outer folder is a partial copy.
        if (outer / "crm" / "__manifest__.py").exists() and not (paths[0] / "crm").exists():
            paths.append(outer)
        return paths


def read_version(package_dir):
    """`19.0` or `saas~19.1` as Odoo's own release file states it."""
    try:
        text = (Path(package_dir) / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"version_info\s*=\s*\(\s*'?([^,']+)'?,\s*(\d+)", text)
    return f"{found[1]}.{found[2]}" if found else None


def from_home(home):
    home = Path(home).expanduser().resolve()
    for package_dir in (home / "odoo", home / "usr/lib/python3/dist-packages/odoo", home):
        if (package_dir / "release.py").exists():
            break
    else:
        raise Fail(
            f"ODOO_HOME={home} holds no Odoo (no odoo/release.py below it).",
            "point ODOO_HOME at the folder of a source checkout of branch 19.0, or unset it",
        )
    for binary in (package_dir.parent / "odoo-bin", home / "usr/bin/odoo", package_dir.parent / "setup" / "odoo"):
        if binary.exists():
            break
    else:
        raise Fail(f"ODOO_HOME={home} holds no odoo-bin.", "use a whole source checkout of branch 19.0")
    source = OdooSource(package_dir, binary)
    if source.version != SERIES:
        raise Fail(
            f"ODOO_HOME={home} is Odoo {source.version or 'of unknown version'}; the suite needs {SERIES}.",
            "check out branch 19.0 there, or unset ODOO_HOME",
        )
    return source


def find():
    """The Odoo that is ready to use, or None."""
    if os.environ.get("ODOO_HOME"):
        return from_home(os.environ["ODOO_HOME"])
    package_dir = ODOO_UNPACKED / "usr/lib/python3/dist-packages/odoo"
    if (ODOO_UNPACKED / "complete").exists() and (package_dir / "release.py").exists():
        return OdooSource(package_dir, ODOO_UNPACKED / "usr/bin/odoo")
    return None


def ensure():
    """Return Odoo, fetching and unpacking it first where it is missing."""
    source = find()
    if source:
        return source
    cache = ensure_dir(cache_dir())
    unstable = debian.PrivateApt(cache, "sid")
    stable = debian.PrivateApt(cache, debian.stable_codename())
    debs = [unstable.cached(PACKAGE), *(stable.cached(name) or unstable.cached(name) for name in LINKED_PACKAGES)]
    if not all(debs):
        with Step("Fetching Odoo from Debian") as step:
            debs = _download(unstable, stable, step)
    segmentation = cache / "npm" / "selfie_segmentation.js"
    if not segmentation.exists():
        with Step("Fetching one web file from npm") as step:
            _download_segmentation(segmentation, step)
    with Step("Unpacking Odoo") as step:
        partial = ODOO_UNPACKED.with_name(".odoo.part")
        shutil.rmtree(partial, ignore_errors=True)
        ensure_dir(partial)
        for number, deb in enumerate(debs, 1):
            step.detail, step.fraction = deb.name, number / len(debs)
            debian.unpack(deb, partial)
        package_dir = partial / "usr/lib/python3/dist-packages/odoo"
        if read_version(package_dir) != SERIES:
            raise Fail(
                f"Debian's package holds Odoo {read_version(package_dir)}, the suite needs {SERIES}.",
                "set ODOO_HOME to a checkout of Odoo's branch 19.0",
            )
        target = package_dir / SEGMENTATION
        ensure_dir(target.parent)
        shutil.copyfile(segmentation, target)
        (partial / "complete").touch()
        shutil.rmtree(ODOO_UNPACKED, ignore_errors=True)
        partial.rename(ODOO_UNPACKED)
    return find()


def _download(unstable, stable, step):
    step.detail = "package lists"
    unstable.update(step)
    stable.update(step)
    version = unstable.candidate(PACKAGE)
    if not version or not version.startswith(SERIES):
        raise Fail(
            f"Debian unstable offers {PACKAGE} {version or '(none)'}; the suite needs {SERIES}.",
            "set ODOO_HOME to a checkout of Odoo's branch 19.0",
        )
    debs = [unstable.cached(PACKAGE) or unstable.download(PACKAGE, step)]
    for number, name in enumerate(LINKED_PACKAGES, 1):
        step.fraction = number / len(LINKED_PACKAGES)
        # What the stable suite does not carry (a font or two) comes from the unstable one.
        suite = stable if stable.candidate(name) else unstable
        debs.append(suite.cached(name) or suite.download(name, step))
    return debs


def _download_segmentation(target, step):
    if not shutil.which("npm"):
        raise Fail(
            "npm is missing; it fetches the one web file that Debian's Odoo lacks.",
            "as root: apt-get install npm   (or set ODOO_HOME to a source checkout of Odoo 19.0)",
        )
    folder = ensure_dir(target.parent)
    run(
        ["npm", "pack", "--silent", "--pack-destination", folder, SEGMENTATION_NPM],
        step=step,
        cwd=folder,
        what=f"npm pack {SEGMENTATION_NPM}",
        remedy="check the network, then run scripts/setup again",
    )
    archive = max(folder.glob("*.tgz"), key=lambda path: path.stat().st_mtime)
    content = subprocess.run(
        ["tar", "-xzOf", str(archive), "package/selfie_segmentation.js"], capture_output=True, check=False
    )
    if content.returncode or not content.stdout:
        raise Fail(f"{archive} does not hold the file it should.", f"delete {archive} and run scripts/setup again")
    partial = target.with_suffix(".part")
    partial.write_bytes(content.stdout)
    partial.rename(target)
