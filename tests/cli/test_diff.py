import json

from tests.cli.library import CASES
from tests.cli.terminal import Terminal


def test_metrics_come_first_and_then_the_cases_side_by_side(evaluated: Terminal) -> None:
    lines = evaluated.ok("diff", "assistant-1", "assistant-2").splitlines()
    assert lines[0] == "assistant-1 -> assistant-2"
    assert lines[1] == "  changed inputs: flow assistant"
    f1 = next(line for line in lines if line.startswith("  answer_f1"))
    assert f1.split()[-3:] == ["0", str(CASES), str(CASES)]
    assert f"  {CASES} cases changed; the 10 most harmed:" in lines
    assert sum(line.startswith("    asked   ") for line in lines) == 10
    assert "    after   I don't know." in lines
    assert max(map(len, lines)) <= 80


def test_only_so_many_cases_are_shown_as_are_wanted(evaluated: Terminal) -> None:
    told = evaluated.ok("diff", "assistant-1", "assistant-2", "-n", "1")
    assert told.count("    asked   ") == 1
    assert f"{CASES} cases changed; the 1 most harmed:" in told


def test_json_has_every_changed_case(evaluated: Terminal) -> None:
    found = json.loads(evaluated.ok("diff", "assistant-1", "assistant-2", "--json"))
    assert found["changed_inputs"] == ["flow assistant"]
    assert len(found["cases"]) == CASES
    assert {metric["metric"] for metric in found["metrics"]} >= {"answer_f1", "groundedness"}


def test_a_run_has_not_changed_from_itself(evaluated: Terminal) -> None:
    told = evaluated.ok("diff", "assistant-1", "assistant-1")
    assert "changed inputs: none" in told
    assert "  0 cases changed" in told


def test_cases_of_one_run_alone_are_named(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("eval", "assistant", "-n", "9")
    assert "  only before: hours-10, hours-11, hours-9" in library.ok("diff", "assistant-1", "last")
