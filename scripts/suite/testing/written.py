"""Which tests are written (by reading the source), to be compared with those that ran.

Odoo's loader silently skips modules that are not imported, classes that do not
derive from its own and inherited methods; a test that never runs proves nothing.
"""

import ast

from ..paths import ADDONS, ROOT, SCENARIO_ADDONS, SUITE


def methods(path):
    """Yield (class name, method name, docstring) of each test method in a file; class '' for functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield "", node.name, ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name.startswith("test"):
                    yield node.name, item.name, ast.get_docstring(item) or ""


def odoo_tests(addons=None):
    """Names as the log shows them: crm_custom.tests.test_x.TestX.test_y -> (file, docstring)."""
    found = {}
    folders = [ADDONS / addon for addon in SUITE]
    if SCENARIO_ADDONS.exists():
        folders += [path.parent for path in SCENARIO_ADDONS.glob("*/__manifest__.py")]
    for folder in folders:
        if addons and folder.name not in addons:
            continue
        for path in sorted((folder / "tests").rglob("*.py")):
            module = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
            for class_name, method, doc in methods(path):
                if class_name:
                    found[f"{module}.{class_name}.{method}"] = (path, doc)
    return found


def pure_tests():
    """Names as pytest shows them, without parameters: tests/pure/x/test_y.py::test_z -> (file, docstring)."""
    found = {}
    for path in sorted((ROOT / "tests" / "pure").rglob("test_*.py")):
        relative = path.relative_to(ROOT).as_posix()
        for class_name, method, doc in methods(path):
            found["::".join(part for part in (relative, class_name, method) if part)] = (path, doc)
    return found


def never_ran(written, results):
    """Problems for tests written but neither passed, failed nor skipped in this run."""
    return [
        f"{name} was written ({path.relative_to(ROOT)}) but never ran: is its module imported in "
        "tests/__init__.py, does its class derive from odoo.tests, is it tagged post_install?"
        for name, (path, _doc) in sorted(written.items())
        if name not in results.tests
    ]
