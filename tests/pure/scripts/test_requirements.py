"""scripts/requirements: reading rows, claims and results, and judging a row."""

import doctest
import json

import pytest
from suite import requirements
from suite.console import Fail
from suite.requirements import Claim
from suite.testing import written

TABLE = """# Requirements: crm_custom

`R012` is a main row; a mention of R999 in a sentence is no row.

| id | kind | what | acceptance |
|---|---|---|---|
| R001 | RECORD | Customer entry. | See R002. |
| R001.1 | RULE | Kept over time. | A manager sees who changed it. |
| R002 | KPI | Basic data. | Seven fields. |
"""


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "crm_custom.md").write_text(TABLE, encoding="utf-8")
    (tmp_path / "README.md").write_text("| R777 | not a row file |", encoding="utf-8")
    return requirements.read_rows(tmp_path)


def states(rows, claims, results):
    report, unknown = requirements.judge(rows, claims, results)
    return report["crm_custom"], unknown


def test_rows_are_the_first_column_of_the_tables(rows):
    assert rows["crm_custom"] == ["R001", "R001.1", "R002"]
    assert set(rows) == set(requirements.ADDON_ORDER)


def test_missing_requirements_say_what_to_do(tmp_path):
    with pytest.raises(Fail, match="not there") as caught:
        requirements.read_rows(tmp_path / "nowhere")
    assert "shared" in caught.value.remedy


def test_examples_in_docstrings_hold():
    outcome = doctest.testmod(requirements)
    assert outcome.attempted
    assert not outcome.failed


@pytest.mark.parametrize(
    ("docstring", "ids"),
    [
        ("R1: one.", ["R1"]),
        ("R172, R173.1: two.", ["R172", "R173.1"]),
        ("\n    R172,\n    R173: on two lines.", ["R172", "R173"]),
        ("R172 without a colon", []),
        ("Text first. R172: no.", []),
        ("R172-R174: a range claims nothing.", []),
        (None, []),
    ],
)
def test_claimed_ids(docstring, ids):
    assert requirements.claimed_ids(docstring) == ids


def test_claims_come_from_functions_and_methods_not_from_comments(tmp_path, monkeypatch):
    path = tmp_path / "tests" / "pure" / "test_a.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        '"""R1: a module claims nothing."""\n'
        "# R2: nor does a comment\n"
        "class TestA:\n"
        '    """R3: nor a class."""\n'
        "    def test_one(self):\n"
        '        """R4, R5: this does."""\n'
        "    def helper(self):\n"
        '        """R6: not a test."""\n'
        "def test_two():\n"
        '    """R7: this does."""\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(requirements, "ROOT", tmp_path)
    monkeypatch.setattr(written, "ROOT", tmp_path)
    claims = requirements.read_claims(written.pure_tests())
    assert [(claim.row, claim.test) for claim in claims] == [
        ("R4", "tests/pure/test_a.py::TestA::test_one"),
        ("R5", "tests/pure/test_a.py::TestA::test_one"),
        ("R7", "tests/pure/test_a.py::test_two"),
    ]


def test_a_row_is_proved_by_a_test_that_passed(rows):
    claims = [Claim("R001", "t.one", ""), Claim("R001.1", "t.two", ""), Claim("R002", "t.three", "")]
    found, _unknown = states(rows, claims, {"t.one": "passed", "t.two": "skipped"})
    assert found == {"proved": ["R001"], "claimed": ["R001.1", "R002"], "open": []}


def test_one_failed_test_takes_the_proof_away(rows):
    claims = [Claim("R001", "t.one", ""), Claim("R001", "t.two", "")]
    assert states(rows, claims, {"t.one": "passed", "t.two": "failed"})[0]["claimed"] == ["R001"]
    assert states(rows, claims, {"t.one": "passed"})[0]["proved"] == ["R001"]


def test_a_claim_on_an_unknown_row_is_reported(rows):
    claim = Claim("R999", "t.one", "test_x.py:3")
    assert states(rows, [claim], {"t.one": "passed"})[1] == [claim]


def test_results_of_parametrised_tests_are_one_result(tmp_path):
    path = tmp_path / "last-run.json"
    tests = {
        "tests/pure/a/test_a.py::test_x[1]": "passed",
        "tests/pure/a/test_a.py::test_x[2]": "failed",
        "tests/pure/a/test_a.py::test_y[1]": "passed",
        "tests/pure/a/test_a.py::test_y[2]": "skipped",
        "odoo.addons.crm_x.tests.test_a.TestA.test_one": "passed",
    }
    path.write_text(json.dumps({"tests": tests}), encoding="utf-8")
    assert requirements.read_results(path) == {
        "tests/pure/a/test_a.py::test_x": "failed",
        "tests/pure/a/test_a.py::test_y": "passed",
        "crm_x.tests.test_a.TestA.test_one": "passed",
    }


def test_without_a_run_nothing_is_proved(rows, tmp_path):
    results = requirements.read_results(tmp_path / "none.json")
    assert states(rows, [Claim("R001", "t.one", "")], results)[0]["claimed"] == ["R001"]
