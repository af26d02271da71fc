import json
from xml.etree import ElementTree as ET

import pytest

from tests.cli.library import EVAL
from tests.cli.terminal import Terminal


def set_gates(library: Terminal, *gates: str) -> None:
    head = EVAL[: EVAL.index("gates:")]
    lines = head + "gates:\n" + "".join(f"      - {gate}\n" for gate in gates)
    text = "\n".join(line.removeprefix("    ") for line in lines.split("\n"))
    (library.root / "evals/assistant.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("gate", "word", "code"),
    [
        ("{metric: answer_f1, at_least: 0.05}", "PASS", 0),
        ("{metric: groundedness, at_least: 0.95, on_inconclusive: block}", "INCONCLUSIVE", 3),
        ("{metric: groundedness, at_least: 0.95, on_inconclusive: allow}", "INCONCLUSIVE", 0),
    ],
)
def test_the_word_and_the_exit_code_follow_from_the_gates(
    library: Terminal, gate: str, word: str, code: int
) -> None:
    set_gates(library, gate)
    done = library("gate", "assistant")
    assert (done.out.split()[0], done.code) == (word, code), done.out


@pytest.mark.parametrize(("tier", "code"), [("blocking", 1), ("advisory", 0)])
def test_a_proven_fault_fails_unless_it_is_only_advice(
    library: Terminal, tier: str, code: int
) -> None:
    set_gates(library, f"{{metric: answer_f1, at_least: 0.5, tier: {tier}}}")
    done = library("gate", "assistant", "--variant", "blind")
    assert done.code == code
    assert "  FAIL  answer_f1" in done.out


def test_where_no_gate_blocks_no_writer_says_pass_of_the_whole(library: Terminal) -> None:
    set_gates(library, "{metric: answer_f1, at_least: 0.05, tier: advisory}")
    names = ("out.md", "out.json", "out.html", "out.junit.xml", "out.sarif")
    done = library("gate", "assistant", *(part for name in names for part in ("-o", name)))
    assert done.code == 0
    assert done.out.startswith("INCONCLUSIVE  assistant: no gate is blocking")
    assert "policy: no gate is blocking -> NOT BLOCKED" in done.out
    told = {name: (library.root / name).read_text("utf-8") for name in names}
    assert told["out.md"].startswith("# INCONCLUSIVE: assistant (not blocked)")
    assert json.loads(told["out.json"])["decision"]["word"] == "inconclusive"
    assert "? INCONCLUSIVE" in told["out.html"]
    suite = ET.fromstring(told["out.junit.xml"])[0]  # noqa: S314  our own
    assert (suite.get("name"), suite.get("failures"), suite.get("skipped")) == (
        "assistant",
        "0",
        "0",
    )
    assert json.loads(told["out.sarif"])["runs"][0]["results"] == []


def test_without_a_baseline_the_other_gates_are_judged_and_one_is_offered(
    library: Terminal,
) -> None:
    done = library("gate", "assistant")
    assert "pass  answer_f1" in done.out
    assert "no baseline yet; to accept this run: genaiops baseline accept assistant-1" in done.err


def test_a_stored_run_is_judged_without_running(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library("gate", "assistant", "--run", "assistant-1")
    assert len(json.loads(library.ok("runs", "list", "--json"))) == 1


def test_what_is_only_read_needs_no_store_to_write_to(library: Terminal) -> None:
    library.ok("eval", "assistant")
    kept = [path for path in (library.root / ".genaiops").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in kept}
    for path in kept:
        path.chmod(0o400)
    library("gate", "assistant", "--run", "assistant-1", "-o", "page.html")
    assert {path: path.read_bytes() for path in kept} == before
    assert (library.root / "page.html").is_file()
    (library.root / ".genaiops").rename(library.root / "elsewhere")
    done = library("gate", "assistant", "--run", "assistant-1")
    assert (done.code, "unknown run 'assistant-1'" in done.err) == (2, True)
    assert not (library.root / ".genaiops").exists()


def test_the_nearest_thing_to_compare_with_is_named_and_runs_by_their_age(
    library: Terminal,
) -> None:
    for _ in range(11):
        library.ok("eval", "assistant", "-n", "1")
    done = library("gate", "assistant", "--against", "baselin")
    assert done.code == 2
    told = "unknown run 'baselin'; did you mean 'baseline'? (known: baseline,"
    assert f"{told} assistant-11, assistant-10, assistant-9" in " ".join(done.err.split())
    done = library("gate", "assistant", "--run", "assistent-3")
    told = "unknown run 'assistent-3'; did you mean 'assistant-3'? (known: assistant-11,"
    assert f"{told} assistant-10, assistant-9" in " ".join(done.err.split())


def test_equal_calls_are_unchanged_by_construction(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    done = library("gate", "assistant")
    assert done.code == 0
    assert "nchanged by construction" in done.out


def test_a_damaged_baseline_is_told_before_any_case_is_run(library: Terminal) -> None:
    baselines = library.root / "evals/baselines"
    baselines.mkdir()
    (baselines / "assistant.jsonl").write_text("torn\n", "utf-8")
    done = library("gate", "assistant")
    assert (done.code, "evals/baselines/assistant.jsonl:1:1: not a line" in done.err) == (2, True)
    assert library("runs", "list", "--json").out.strip() == "[]"


def test_that_there_is_no_gate_is_told_before_any_case_is_run(library: Terminal) -> None:
    path = library.root / "evals/assistant.yaml"
    path.write_text(path.read_text("utf-8").partition("gates:")[0], "utf-8")
    done = library("gate", "assistant")
    assert (done.code, "'assistant' has no gate to judge by" in done.err) == (2, True), done.err
    assert library("runs", "list", "--json").out.strip() == "[]"


def test_a_worse_variant_fails_against_the_baseline(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    done = library("gate", "assistant", "--variant", "blind", "-o", "r.junit.xml", "-o", "r.md")
    assert done.code == 1
    root = ET.parse(library.root / "r.junit.xml").getroot()  # noqa: S314  we wrote it
    assert root.find("testsuite/testcase/failure") is not None
    assert (library.root / "r.md").read_text("utf-8").startswith("# FAIL: assistant (blocked)")


def test_a_run_of_another_evaluation_is_not_judged(library: Terminal) -> None:
    text = (library.root / "evals/assistant.yaml").read_text("utf-8")
    (library.root / "evals/other.yaml").write_text(text, "utf-8")
    library.ok("eval", "other")
    done = library("gate", "assistant", "--run", "other-1")
    assert done.code == 2
    assert "run 'other-1' is one of 'other', not of 'assistant'" in done.err


def test_json_is_the_decision_alone(library: Terminal) -> None:
    decision = json.loads(library("gate", "assistant", "--json").out)
    assert decision["eval"] == "assistant"
    assert len(decision["verdicts"]) == 2


def test_the_only_evaluation_needs_no_name(library: Terminal) -> None:
    done = library("gate", "-n", "2")
    assert "no baseline yet; to accept this run" in done.err


def test_a_stored_run_is_judged_as_it_was_run(evaluated: Terminal) -> None:
    done = evaluated("gate", "assistant", "--run", "assistant-1", "--variant", "blind")
    assert done.code == 2
    assert "--run assistant-1 is judged as it was run" in done.err


def test_a_first_run_that_fails_is_offered_with_a_reason(library: Terminal) -> None:
    path = library.root / "evals" / "assistant.yaml"
    strict = "gates:\n  - {metric: answer_f1, at_least: 1.0}\n"
    path.write_text(path.read_text("utf-8").replace("gates:\n", strict), "utf-8")
    done = library("gate", "assistant", "--variant", "blind")
    assert done.code == 1, done
    offered = done.err.split("to accept this run: genaiops ")[1].strip()
    assert offered.endswith(" --reason WHY")
    library.ok(*offered.replace("WHY", "first").split())
