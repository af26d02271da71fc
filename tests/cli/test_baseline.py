import json

import pytest

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
    assert "  accepted with the reason: the index is new\n" in shown


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_empty_reason_is_none(library: Terminal, reason: str) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    done = library("baseline", "accept", "assistant", "--reason", reason)
    assert done.code == 2
    assert "--reason is empty: say why this run is accepted" in done.err
    assert not (library.root / FILE).exists()


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"\xff\xfe", b'{"format": 1}\n{\n'])
def test_a_damaged_baseline_is_replaced_by_an_accepted_one(
    library: Terminal, damage: bytes
) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    sound = (library.root / FILE).read_bytes()
    (library.root / FILE).write_bytes(damage)
    tried = library("baseline", "accept", "assistant", "--dry-run")
    assert tried.code == 0
    assert "an accepted run takes its place" in tried.err
    assert (library.root / FILE).read_bytes() == damage
    done = library("baseline", "accept", "assistant")
    assert done.code == 0
    assert f"{FILE}:" in done.err
    assert "an accepted run takes its place" in done.err
    assert (library.root / FILE).read_bytes() == sound


def test_a_failing_run_takes_no_damaged_baseline_s_place_without_a_reason(
    library: Terminal,
) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    (library.root / FILE).parent.mkdir()
    (library.root / FILE).write_text("{", "utf-8")
    assert library("baseline", "accept", "assistant").code == 2
    assert (library.root / FILE).read_text("utf-8") == "{"


def test_a_damaged_baseline_is_told_with_its_line(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    path = library.root / FILE
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    done = library("gate", "assistant")
    assert done.code == 2
    assert f"{FILE}:14:1: not a line of a baseline" in done.err
