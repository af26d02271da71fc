import json
from pathlib import Path

import pytest

from tests.cli.projects import accepted_function
from tests.cli.terminal import Terminal

CASES = 150
APP = """\
from pathlib import Path

def answer(question: str) -> str:
    number, broken = int(question), Path(__file__).with_name("broken.txt")
    share = int(broken.read_text()) if broken.exists() else 10
    return "no" if number * 37 % 100 < share else "yes"
"""
EVAL = """\
flow: app:answer
dataset: datasets/questions.jsonl
metrics: [exact_match, latency]
gates:
  - {metric: exact_match, no_worse_than: baseline, margin: 0.05}
"""


@pytest.fixture
def accepted(tmp_path: Path) -> Terminal:
    """A project of a function that is right in 90 of 100 cases, which is its baseline."""
    return accepted_function(tmp_path, APP, EVAL, cases=CASES)


def broken(terminal: Terminal, share: int) -> Terminal:
    (terminal.root / "broken.txt").write_text(str(share), "utf-8")
    return terminal


def test_a_bad_candidate_stops_early_and_its_run_says_so(accepted: Terminal) -> None:
    done = broken(accepted, 50)("gate", "--sequential", "-j", "4")
    assert (done.code, done.out.split()[0]) == (1, "FAIL"), done.out + done.err
    run = json.loads(accepted.ok("runs", "show", "questions-2", "--json"))
    looks = run["looks"]
    assert looks["end"] == "decided"
    assert run["planned"] == run["scored"] + run["errored"] + run["skipped"] == CASES
    assert run["scored"] == looks["cases"] == 16 * looks["made"] < CASES / 2
    assert f"stopped after {looks['cases']} of {CASES} cases" in done.out
    assert f"{looks['cases']} of {CASES} cases x 1" in done.out


def test_the_same_is_said_of_the_stored_run(accepted: Terminal) -> None:
    done = broken(accepted, 50)("gate", "--sequential")
    again = accepted("gate", "--run", "questions-2")
    assert (again.out, again.code) == (done.out, 1)


def test_cases_come_in_the_same_random_order_each_time(accepted: Terminal) -> None:
    broken(accepted, 50)("gate", "--sequential")
    accepted("gate", "--sequential", "-j", "3")
    one, other = (
        {each["case"]["id"] for each in results(accepted, run)}
        for run in ("questions-2", "questions-3")
    )
    assert one == other
    assert one != {f"c{number}" for number in range(len(one))}


def results(terminal: Terminal, run: str) -> list[dict[str, dict[str, str]]]:
    terminal("gate", "--run", run, "-o", f"{run}.jsonl")
    written = (terminal.root / f"{run}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in written.splitlines()]


def test_an_unchanged_candidate_is_judged_at_the_end(accepted: Terminal) -> None:
    done = accepted("gate", "--sequential")
    assert done.out.startswith("PASS")
    assert "stopped after" not in done.out
    assert "judged in sequence, by" in done.out


def test_a_run_that_was_cut_short_is_no_baseline_and_no_reference(accepted: Terminal) -> None:
    broken(accepted, 50)("gate", "--sequential")
    for words in (["baseline", "accept", "questions-2"], ["gate", "--against", "questions-2"]):
        done = accepted(*words)
        assert done.code == 2
        assert f"of {CASES} cases, once its gates wanted no more" in done.err


def test_a_run_of_all_cases_that_was_looked_at_is_a_baseline_like_any_other(
    accepted: Terminal,
) -> None:
    accepted("gate", "--sequential")
    accepted.ok("baseline", "accept", "questions-2")
    assert json.loads(accepted.ok("baseline", "show", "questions", "--json"))["looks"] is None


def test_a_run_that_was_cut_short_tells_nothing_of_the_noise(accepted: Terminal) -> None:
    broken(accepted, 50)("gate", "--sequential", "--repeats", "3")
    assert json.loads(accepted.ok("power", "questions", "--json"))["measured"] is None


@pytest.mark.parametrize("options", [["--repeats", "3"], ["-n", "10"]])
def test_repeats_of_a_case_and_few_cases_are_looked_at_together(
    accepted: Terminal, options: list[str]
) -> None:
    broken(accepted, 50)("gate", "--sequential", *options)
    run = json.loads(accepted.ok("runs", "show", "questions-2", "--json"))
    assert run["scored"] == run["looks"]["cases"] * run["repeats"]
    assert run["looks"]["end"] == ("whole" if "-n" in options else "decided")


def test_the_newest_run_is_the_one_before_the_candidate(accepted: Terminal) -> None:
    done = broken(accepted, 60)("gate", "--against", "last")
    assert done.out.startswith("FAIL")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--batch"], "--batch asks all cases at once"),
        (["--against", "git:main"], "has yet to be evaluated"),
        (["--run", "questions-1"], "is judged as it was run"),
        (["--self-check"], "leave the other options out"),
    ],
)
def test_options_that_do_not_go_with_it_are_refused(
    accepted: Terminal, words: list[str], told: str
) -> None:
    done = accepted("gate", "--sequential", *words)
    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        ("{metric: exact_match, at_least: 0.5, tier: advisory}", "no blocking gate of 'questions'"),
        ("{metric: latency, quantile: 0.9, at_most: 5}", "can be decided before all cases are run"),
    ],
)
def test_without_a_gate_that_could_be_decided_early_it_is_refused(
    accepted: Terminal, gate: str, told: str
) -> None:
    text = EVAL[: EVAL.index("gates:")] + f"gates:\n  - {gate}\n"
    (accepted.root / "evals/questions.yaml").write_text(text, "utf-8")
    done = accepted("gate", "--sequential")
    assert done.code == 2
    assert told in done.err


def test_without_a_baseline_it_says_how_to_get_one(accepted: Terminal) -> None:
    (accepted.root / "evals/baselines/questions.jsonl").unlink()
    done = accepted("gate", "--sequential")
    assert done.code == 2
    assert "has no baseline to look beside: genaiops eval questions" in done.err
