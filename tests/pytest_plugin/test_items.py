"""`pytest --genaiops`: each gate of an evaluation as a test."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.pytest_plugin.library import ADVISORY, EVAL, GATES, OPEN, PASS, asked, build

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow
FAIL = ADVISORY
"""The rule that fails, where its tier does not say advisory."""


@pytest.fixture
def root(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    return build(pytester, monkeypatch)


def test_each_gate_has_its_own_outcome_and_an_open_one_is_no_pass(
    root: Path, pytester: pytest.Pytester
) -> None:
    found = pytester.runpytest("--genaiops", "evals", "-v")
    assert found.parseoutcomes() == {"passed": 1, "inconclusive": 1, "advisory": 1}
    assert found.ret == 0
    found.stdout.fnmatch_lines(
        [
            f"evals/app.yaml::{PASS} PASSED*",
            f"evals/app.yaml::{OPEN} INCONCLUSIVE*",
            f"evals/app.yaml::{ADVISORY} ADVISORY*",
            "*= neither passed nor failed =*",
            f"INCONCLUSIVE evals/app.yaml::{OPEN}",
            "  90.0% was seen; below 85% is still possible. To decide: about 150 cases.",
            f"ADVISORY evals/app.yaml::{ADVISORY}",
            "  Proven to be below 99%*",
            "*= 1 passed, 1 inconclusive, 1 advisory in *",
        ]
    )
    assert asked(root) == 40


def test_a_gate_that_blocks_shows_what_the_command_line_does(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(pytester, monkeypatch, GATES.replace(", tier: advisory", ""))
    found = pytester.runpytest("--genaiops", "evals")
    assert found.parseoutcomes() == {"failed": 1, "passed": 1, "inconclusive": 1}
    found.stdout.fnmatch_lines(
        [
            "FAIL  app: exact_match failed  40 cases x 1  cost unknown",
            "  FAIL  exact_match  90.0% *at_least 0.99",
            "  policy: a failed gate blocks -> BLOCKED (exact_match)",
            "  answers and scores: genaiops view app-1",
            f"FAILED evals/app.yaml::{FAIL}*",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")


def test_an_open_gate_fails_where_the_policy_blocks_on_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(pytester, monkeypatch, f"{GATES}on_inconclusive: block\n")
    found = pytester.runpytest("--genaiops", "evals")
    assert found.parseoutcomes() == {"passed": 1, "failed": 1, "advisory": 1}
    found.stdout.fnmatch_lines(["  policy on_inconclusive: block -> BLOCKED*"])


@pytest.mark.usefixtures("root")
def test_gates_are_listed_and_chosen_without_evaluating_more(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest("--genaiops", "evals", "--collect-only", "-q")
    listed.stdout.fnmatch_lines([f"evals/app.yaml::{name}" for name in (PASS, OPEN, ADVISORY)])
    assert not (pytester.path / "asked.txt").exists()
    assert pytester.runpytest("--genaiops", "evals", "-k", "0.85").parseoutcomes() == {
        "inconclusive": 1,
        "deselected": 2,
    }
    assert pytester.runpytest("--genaiops", f"evals/app.yaml::{PASS}").parseoutcomes() == {
        "passed": 1
    }


@pytest.mark.usefixtures("root")
def test_an_open_gate_is_skipped_in_junit(pytester: pytest.Pytester) -> None:
    pytester.runpytest("--genaiops", "evals", "--junitxml=out.xml")
    suite = ET.parse(pytester.path / "out.xml").getroot()[0]  # noqa: S314  pytest wrote it
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3", "failures": "0", "errors": "0", "skipped": "2",
    }  # fmt: skip
    told = {case.get("name"): [part.get("message") for part in case] for case in suite}
    assert told[PASS] == []
    assert str(told[OPEN][0]).startswith("inconclusive: 90.0% was seen; below 85%")


def test_gates_of_the_same_rule_have_names_of_their_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "  - {metric: exact_match, at_least: 0.5}\n"
    build(pytester, monkeypatch, f"gates:\n{rule}{rule}")
    listed = pytester.runpytest("--genaiops", "evals", "--collect-only", "-q")
    listed.stdout.fnmatch_lines([f"evals/app.yaml::{PASS}", f"evals/app.yaml::{PASS} (2)"])


def test_faults_are_told_with_their_place_once_a_project(
    root: Path, pytester: pytest.Pytester
) -> None:
    (root / "evals/other.yaml").write_text(f"{EVAL}gatse: []\n", "utf-8")
    found = pytester.runpytest("--genaiops", "evals")
    assert found.parseoutcomes() == {"errors": 2}
    found.stdout.fnmatch_lines(
        [
            "evals/other.yaml:4:1: unknown key 'gatse'*",
            "the project cannot be read: see the error of evals/app.yaml",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")
    found.stdout.no_fnmatch_line("*items.py*")


def test_what_does_not_fit_together_is_told_when_gates_are_collected(
    root: Path, pytester: pytest.Pytester
) -> None:
    (root / "evals/app.yaml").write_text(
        f"{EVAL}gates:\n  - {{metric: exact_mach, at_least: 0.5}}\n", "utf-8"
    )
    found = pytester.runpytest("--genaiops", "evals")
    assert found.parseoutcomes() == {"errors": 1}
    found.stdout.fnmatch_lines(["evals/app.yaml:5:*unknown metric 'exact_mach'*"])
    found.stdout.no_fnmatch_line("*Traceback*")


def test_what_cannot_be_evaluated_is_an_error_and_no_gate_that_failed(
    root: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root / "elsewhere"))
    found = pytester.runpytest("--genaiops", "evals")
    assert found.parseoutcomes() == {"errors": 3}
    found.stdout.fnmatch_lines(
        [
            "not trusted yet:",
            "  run the Python file app.py*",
            "*genaiops trust --yes; in CI*",
            f"not evaluated: see the error of {PASS}",
        ]
    )
    found.stdout.no_fnmatch_line("*Traceback*")
    assert not (root / "asked.txt").exists()


def test_evaluations_elsewhere_are_no_items(root: Path, pytester: pytest.Pytester) -> None:
    (root / "genaiops.yaml").write_text("name: library\n", "utf-8")
    (root / "notes/evals").mkdir(parents=True)
    (root / "notes/evals/app.yaml").write_text("not: an evaluation\n", "utf-8")
    (root / "evals/baselines").mkdir()
    assert pytester.runpytest("--genaiops", "notes").parseoutcomes() == {}
    assert pytester.runpytest("evals").parseoutcomes() == {}


def test_a_cap_below_what_may_be_spent_is_an_error_once_said(
    root: Path, pytester: pytest.Pytester
) -> None:
    found = pytester.runpytest("--genaiops", "--genaiops-max-cost=-1", "evals")
    assert found.parseoutcomes() == {"errors": 3}
    found.stdout.fnmatch_lines(["--genaiops-max-cost -1: write US dollars, 0 or more"])
    assert not (root / "asked.txt").exists()
