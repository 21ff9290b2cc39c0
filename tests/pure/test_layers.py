"""The arrows of DESIGN section 2: nothing points upward, and the two siblings do not know each other.

Read from the source: what a manifest depends on, what Python imports, which XML ids,
modules and models are named in Python strings, XML, CSV and JavaScript. Docstrings
and comments may say what they like.
"""

import ast
import re
from pathlib import Path

import pytest
from lxml import etree

ADDONS = Path(__file__).resolve().parents[2] / "addons"
SUITE = ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")
MAY_KNOW = {
    "crm_custom": set(),
    "crm_service": {"crm_custom"},
    "crm_marketing": {"crm_custom"},
    "crm_finance_bridge": {"crm_custom", "crm_service", "crm_marketing"},
}


def must_not_know(addon):
    return sorted(set(SUITE) - MAY_KNOW[addon] - {addon})


def docstrings(tree):
    """Ids of the string nodes that are docstrings (or strings standing alone, which are comments)."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def strings_and_imports(path):
    """Yield (line, text) of every string that is no docstring, and of every imported module."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


def xml_texts(path):
    """Yield (line, text) of every attribute and text; comments are no part of it."""
    for node in etree.parse(str(path), etree.XMLParser(remove_comments=True)).iter():
        if isinstance(node.tag, str):
            yield from ((node.sourceline, value) for value in node.attrib.values())
            yield from ((node.sourceline, text) for text in (node.text, node.tail) if text and text.strip())


def lines(path):
    yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def texts(addon, addons=ADDONS):
    """Yield (place, text) of everything in an addon that can point at another."""
    readers = {".py": strings_and_imports, ".xml": xml_texts, ".csv": lines, ".js": lines}
    for path in sorted((addons / addon).rglob("*")):
        if path.suffix in readers and "__pycache__" not in path.parts:
            for line, text in readers[path.suffix](path):
                yield f"{path.relative_to(addons)}:{line}", text


def models(addon, addons=ADDONS):
    """Names of the models that an addon defines: `_name`, unless it only extends a model of that name."""
    names = set()
    for path in (addons / addon).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                values = {
                    item.targets[0].id: item.value
                    for item in node.body
                    if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
                }
                name = values.get("_name")
                if isinstance(name, ast.Constant) and name.value not in inherited(values.get("_inherit")):
                    names.add(name.value)
    return names


def inherited(node):
    items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    return {item.value for item in items if isinstance(item, ast.Constant)}


def upward(addon, addons=ADDONS):
    """Return what in `addon` points where it must not: an addon's name, or the name of one of its models."""
    found = []
    for other in must_not_know(addon):
        module = re.compile(rf"(?<![\w/.-]){other}(?![\w-])|odoo\.addons\.{other}\b|@{other}/")
        named = models(other, addons)
        model = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(named))) or '(?!)'})(?![\w.])")
        for place, text in texts(addon, addons):
            hit = module.search(text) or model.search(text)
            if hit:
                found.append(f"{place}: {hit[0]} ({other})")
    return found


@pytest.mark.parametrize("addon", SUITE)
def test_addon_knows_only_what_is_below_it(addon):
    assert upward(addon) == []


@pytest.mark.parametrize("addon", SUITE)
def test_manifest_depends_on_what_is_below_it(addon):
    manifest = ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text(encoding="utf-8"))
    assert set(manifest["depends"]) & set(must_not_know(addon)) == set()


@pytest.mark.parametrize("addon", SUITE)
def test_rules_import_no_odoo(addon):
    """tools/ is pure Python (DESIGN section 1)."""
    for path in (ADDONS / addon / "tools").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not [name for name in names if name.split(".")[0] == "odoo"], path


@pytest.fixture
def small(tmp_path):
    """Four empty addons, crm_service with the model crm.ticket."""
    for addon in SUITE:
        (tmp_path / addon).mkdir()
    write(tmp_path, "crm_service/ticket.py", 'class Ticket(Model):\n    _name = "crm.ticket"\n')
    write(tmp_path, "crm_service/lead.py", 'class Lead(Model):\n    _name = "crm.lead"\n    _inherit = ["crm.lead"]\n')
    return tmp_path


def write(folder, path, text):
    (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("crm_marketing/__manifest__.py", '{"depends": ["crm_service"]}'),
        ("crm_marketing/a.py", "from odoo.addons.crm_service import x"),
        ("crm_marketing/a.py", "from odoo.addons.crm_service.models.ticket import x"),
        ("crm_marketing/a.py", "import odoo.addons.crm_service"),
        ("crm_marketing/a.py", "from odoo.addons import crm_service"),
        ("crm_marketing/a.py", 'env.ref("crm_service.group_user")'),
        ("crm_marketing/a.py", 'env["crm.ticket"]'),
        ("crm_marketing/a.py", 'field = Many2one("crm.ticket")'),
        ("crm_marketing/a.xml", '<odoo><field name="inherit_id" ref="crm_service.ticket_view_form"/></odoo>'),
        ("crm_marketing/a.xml", '<odoo><page groups="base.group_user,!crm_service.group_user"/></odoo>'),
        ("crm_marketing/a.xml", '<odoo><field name="model">crm.ticket</field></odoo>'),
        ("crm_marketing/a.xml", "<odoo><field eval=\"[(4, ref('crm_service.group_user'))]\"/></odoo>"),
        ("crm_marketing/a.csv", "access_x,x,crm_service.model_crm_ticket,base.group_user,1,0,0,0"),
        ("crm_marketing/a.js", 'import { x } from "@crm_service/x";'),
        ("crm_custom/a.py", 'env.ref("crm_service.group_user")'),
    ],
)
def test_every_way_of_pointing_upward_is_seen(small, path, text):
    write(small, path, text)
    assert len(upward(path.split("/")[0], small)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("crm_finance_bridge/a.py", 'env["crm.ticket"]'),
        ("crm_marketing/a.py", '"""crm_service adds open_tickets to this, crm.ticket too."""'),
        ("crm_marketing/a.py", "# crm_service.group_user"),
        ("crm_marketing/a.py", 'env["crm.lead"]'),
        ("crm_marketing/a.py", 'env["crm.ticket.other"]'),
        ("crm_marketing/a.xml", "<odoo><!-- crm_service.x --></odoo>"),
    ],
)
def test_what_is_allowed_passes(small, path, text):
    write(small, path, text)
    assert upward(path.split("/")[0], small) == []
