import json

from tests.cli.library import CASES
from tests.cli.terminal import Terminal


def test_metrics_come_first_and_then_the_cases_side_by_side(evaluated: Terminal) -> None:
    lines = evaluated.ok("diff", "assistant-1", "assistant-2").splitlines()
    assert lines[0] == "assistant-1 -> assistant-2"
    assert lines[1] == "  changed inputs: flow assistant"
    f1 = next(line for line in lines if line.startswith("  answer_f1"))
    assert f1.split()[-3:] == ["0", str(CASES), str(CASES)]
    assert f"  {CASES} answers changed; the 10 most harmed:" in lines
    assert sum(line.startswith("    asked   ") for line in lines) == 10
    assert "    after   I don't know." in lines
    assert max(map(len, lines)) <= 80


def test_only_so_many_cases_are_shown_as_are_wanted(evaluated: Terminal) -> None:
    told = evaluated.ok("diff", "assistant-1", "assistant-2", "-n", "1")
    assert told.count("    asked   ") == 1
    assert f"{CASES} answers changed; the 1 most harmed:" in told
    none = evaluated.ok("diff", "assistant-1", "assistant-2", "-n", "0")
    assert none.endswith(f"  {CASES} answers changed\n")
    refused = evaluated("diff", "assistant-1", "assistant-2", "-n", "-5")
    assert refused.code == 2
    assert "invalid value for '-n'" in refused.err


def test_json_has_every_changed_case(evaluated: Terminal) -> None:
    found = json.loads(evaluated.ok("diff", "assistant-1", "assistant-2", "--json"))
    assert found["changed_inputs"] == ["flow assistant"]
    assert len(found["cases"]) == CASES
    assert {metric["metric"] for metric in found["metrics"]} >= {"answer_f1", "groundedness"}


def test_a_run_has_not_changed_from_itself(evaluated: Terminal) -> None:
    told = evaluated.ok("diff", "assistant-1", "assistant-1")
    assert "changed inputs: none" in told
    assert "  0 answers changed" in told


def test_cases_whose_passages_alone_changed_are_counted_apart_with_their_places(
    library: Terminal,
) -> None:
    library.ok("eval", "assistant")
    flow = library.root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("k: 2", "k: 1"), "utf-8")
    library.ok("eval", "assistant")
    told = library.ok("diff", "assistant-1", "assistant-2", "-n", "1")
    assert "  changed inputs: flow assistant\n" in told
    assert "  0 answers changed, 6 cases only in their passages; the 1 most harmed:" in told
    assert "    before  cards.md [0:64], " in told
    assert "    after   cards.md [0:64]\n" in told
    (first, *_) = json.loads(library.ok("diff", "assistant-1", "last", "--json"))["cases"]
    assert first["kind"] == "passages"


def test_a_repeat_is_called_so(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "1", "--repeats", "2")
    library.ok("eval", "assistant", "-n", "1", "--repeats", "2", "--variant", "blind")
    told = library.ok("diff", "assistant-1", "last")
    assert "  2 answers changed" in told
    assert "  loans-0  " in told
    assert "  loans-0 (repeat 2)  " in told


def test_cases_of_one_run_alone_are_named(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("eval", "assistant", "-n", "9")
    assert "  only before: hours-10, hours-11, hours-9" in library.ok("diff", "assistant-1", "last")
