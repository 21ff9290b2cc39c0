"""Loads `<addon>/tools` without Odoo: the rules are pure Python and are tested as such.

The folder becomes the package `suite_tools.<addon>`, so that modules inside may
import each other (`from .intervals import ...`), and the addon's `__init__`,
which would import Odoo, never runs.
"""

import importlib.util
import sys
import types
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def load_tools(addon):
    """Return the package made of `addons/<addon>/tools`; its modules are imported as suite_tools.<addon>.<module>."""
    name = f"suite_tools.{addon}"
    if name in sys.modules:
        return sys.modules[name]
    sys.modules.setdefault("suite_tools", types.ModuleType("suite_tools")).__path__ = []
    folder = ADDONS / addon / "tools"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    return package


for _addon in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge"):
    load_tools(_addon)


@pytest.fixture(autouse=True)
def no_odoo():
    """A pure rule must not pull Odoo in."""
    yield
    assert "odoo" not in sys.modules
