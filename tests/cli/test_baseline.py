import json

from tests.cli.terminal import Terminal

FILE = "evals/baselines/assistant.jsonl"


def test_what_changes_is_shown_before_it_is_written(library: Terminal) -> None:
    library.ok("eval", "assistant")
    told = library.ok("baseline", "accept", "assistant", "--dry-run")
    assert told.splitlines()[0].split("  ")[0] == "metric"
    assert "none" in told
    assert not (library.root / FILE).exists()
    assert f"wrote {FILE}: commit it" in library("baseline", "accept", "assistant").err
    again = library.ok("baseline", "accept", "assistant", "--dry-run")
    row = next(line for line in again.splitlines() if line.startswith("answer_f1"))
    _, before, after = (cell.strip() for cell in row.split("  ") if cell.strip())
    assert before == after


def test_the_baseline_is_shown(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant-1")
    assert library.ok("baseline", "show", "assistant").startswith("assistant-1  extractive")
    shown = json.loads(library.ok("baseline", "show", "assistant", "--json"))
    assert shown["id"] == "assistant-1"


def test_a_failing_run_is_accepted_only_with_a_reason(library: Terminal) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    done = library("baseline", "accept", "assistant")
    assert done.code == 2
    assert "accept it with --reason WHY" in done.err
    assert not (library.root / FILE).exists()
    library.ok("baseline", "accept", "assistant", "--reason", "the index is new")
    shown = library.ok("baseline", "show", "assistant")
    assert "accepted although it failed: the index is new" in shown


def test_a_damaged_baseline_is_told_with_its_line(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    path = library.root / FILE
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    done = library("gate", "assistant")
    assert done.code == 2
    assert f"{FILE}:14:1: not a line of a baseline" in done.err
