import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.projects import accepted_function, paid_model
from tests.cli.terminal import Terminal
from tests.endpoint import FakeEndpoint, serving

CASES = 60
APP = """\
from pathlib import Path

HERE = Path(__file__).parent

def answer(question: str) -> str:
    number, asked = int(question), HERE / f"asked-{question}.txt"
    before = len(asked.read_text()) if asked.exists() else 0
    with asked.open("a") as file:
        file.write("x")
    share = int((HERE / "broken.txt").read_text())
    return "no" if (37 * number + 53 * before) % 100 < share else "yes"
"""
EVAL = """\
flow: app:answer
dataset: datasets/questions.jsonl
metrics: [exact_match]
gates:
  - {{metric: exact_match, no_worse_than: baseline, margin: {margin}, on_inconclusive: extend}}
"""


@pytest.fixture
def accepted(tmp_path: Path) -> Terminal:
    """A project of a function that answers otherwise each time, and its baseline."""
    evaluation = EVAL.format(margin=0.12)
    return accepted_function(tmp_path, APP, evaluation, cases=CASES, broken="15")


def asked(terminal: Terminal) -> int:
    """How often the function was called."""
    return sum(len(path.read_text()) for path in terminal.root.glob("asked-*.txt"))


def run(terminal: Terminal, name: str) -> dict[str, int]:
    return json.loads(terminal.ok("runs", "show", name, "--json"))


def ids(terminal: Terminal) -> list[str]:
    return [each["id"] for each in json.loads(terminal.ok("runs", "list", "--json"))]


def answers(terminal: Terminal, name: str) -> dict[tuple[str, int], object]:
    terminal("gate", "--run", name, "-o", f"{name}.jsonl")
    lines = (terminal.root / f"{name}.jsonl").read_text("utf-8").splitlines()
    read = [json.loads(line) for line in lines]
    return {(each["case"]["id"], each["repeat"]): each["outputs"] for each in read}


def test_an_open_gate_asks_the_cases_again_and_judges_once_more(accepted: Terminal) -> None:
    done = accepted("gate")
    assert "open at 1 repeat: 2 more for 60 cases" in done.err
    assert "60 cases x 3" in done.out
    told = " ".join(done.out.split())
    assert "note: open at 1 repeat, judged again at 3; on_inconclusive: extend allows" in told
    assert asked(accepted) == CASES + 3 * CASES
    last = run(accepted, "questions-3")
    assert (last["repeats"], last["extended_from"], last["scored"]) == (3, 1, 3 * CASES)


def test_the_answers_of_the_first_look_are_the_first_repeats_of_the_last(
    accepted: Terminal,
) -> None:
    accepted("gate")
    first, last = (answers(accepted, name) for name in ("questions-2", "questions-3"))
    assert first == {key: last[key] for key in first}


def test_the_same_is_said_of_the_stored_run_and_it_is_not_asked_again(accepted: Terminal) -> None:
    done = accepted("gate")
    again = accepted("gate", "--run", "questions-3")
    assert (again.out, again.code) == (done.out, done.code)
    assert len(ids(accepted)) == 3


def test_a_fail_at_the_first_look_ends_it(accepted: Terminal) -> None:
    (accepted.root / "broken.txt").write_text("80", "utf-8")
    done = accepted("gate")
    assert (done.code, "open at" in done.err) == (1, False)
    assert len(ids(accepted)) == 2


def test_a_margin_that_no_repeats_could_hold_asks_for_none(accepted: Terminal) -> None:
    path = accepted.root / "evals/questions.yaml"
    path.write_text(EVAL.format(margin=0.05), "utf-8")
    told = " ".join(accepted("gate").err.split())
    assert "open, and not asked again: exact_match no_worse_than baseline, margin 0.05" in told
    assert "cannot pass with 60 cases; 72 could" in told
    assert len(ids(accepted)) == 2


def test_early_stops_do_not_go_with_it(accepted: Terminal) -> None:
    done = accepted("gate", "--sequential")
    assert done.code == 2
    assert "says on_inconclusive: extend" in done.err


PAID = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [exact_match]
    gates: [{metric: exact_match, at_least: 0.8}]
    on_inconclusive: extend
    """


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, endpoint: FakeEndpoint) -> Terminal:
    """Thirty questions to a model with a price; two of its answers are not those expected."""
    answers = ["none", "none", *(f"You said: Question {n}" for n in range(2, 30))]
    return paid_model(tmp_path, endpoint.url(), PAID, answers, usd_per_mtok=10000)


def test_more_than_may_be_spent_is_not_spent_for_a_top_up_and_the_first_look_counts(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    before = len(endpoint.asked)
    shop.ok("eval", "assistant", "--yes")
    done = shop("gate", "assistant")
    told = " ".join(done.err.split())
    assert "open at 1 repeat: 2 more for 30 cases (+60 calls, about $2.40)" in told
    assert "not asked: that is more than ask_above_usd of genaiops.yaml: $1.00; allow" in told
    assert (done.out.split()[0], len(endpoint.asked) - before) == ("INCONCLUSIVE", 30)


def test_consent_pays_for_the_repeats_that_are_not_recorded_only(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    before = len(endpoint.asked)
    shop("gate", "assistant", "--yes")
    shop("gate", "assistant", "--yes")
    assert len(endpoint.asked) - before == 90
    last = run(shop, "assistant-2")
    assert (last["made_calls"], last["reused_calls"]) == (60, 30)


def test_a_cap_holds_for_both_looks_together_and_what_is_left_goes_on(shop: Terminal) -> None:
    stopped = shop("gate", "assistant", "--max-cost", "2")
    assert stopped.code == 4
    assert "--max-cost $2.00 is reached" in " ".join(stopped.err.split())
    assert run(shop, "assistant-2")["extended_from"] == 1
    shop("gate", "--resume", "assistant-2", "--max-cost", "9")
    assert run(shop, "assistant-2")["scored"] == 90
    assert len(ids(shop)) == 2
