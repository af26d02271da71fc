import json
from collections.abc import Iterator

import pytest

from tests.cli.terminal import Terminal
from tests.judging_endpoint import judging
from tests.project.build import build_project

APP = """\
def brief(question):
    if question == "Broken?":
        raise ValueError("no")
    return "Nine." if "hour" in question else "I do not know."


def wordy(question):
    return "We open at nine." if "hour" in question else "I do not know."
"""
QUESTIONS = ["What hour?", "Which hour?", "The hour in the morning?", "Who?", "Broken?", "Silence?"]
EVAL = "flow: %s\ndataset: datasets/handbook.jsonl\nmetrics: [chrf]\n"
CATALOG = """\
    models:
      extractive: {provider: extractive}
      judging: {provider: openai, model: gpt-x, base_url: "%(url)s"}
      gpt-small: {provider: extractive}
      dear:
        provider: openai
        model: gpt-y
        base_url: "%(url)s"
        price: {input_usd_per_mtok: 10000, output_usd_per_mtok: 0}
    """
ASKED = """\
inputs: {question: string}
nodes:
  answer: {prompt: answer.md, model: gpt-small, with: {question: "${inputs.question}"}}
outputs: {answer: "${answer.text}"}
"""
PAIRS = """\
    flow: imported
    dataset: datasets/handbook.jsonl
    metrics: [{judges/preference: {model: judging}}]
    gates: [{metric: preference, at_least: 0.05}]
    """


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A project with the runs wordy-1 and brief-2 of six questions, and a judge."""
    cases = [
        {"id": f"c{n}", "inputs": {"question": text}, "expected": {"answer": "At nine."}}
        for n, text in enumerate(QUESTIONS)
    ]
    with judging() as url:
        files = {
            "app.py": APP,
            "evals/wordy.yaml": EVAL % "app:wordy",
            "evals/brief.yaml": EVAL % "app:brief",
            "datasets/handbook.jsonl": "\n".join(map(json.dumps, cases)),
            "catalog.yaml": CATALOG % {"url": url},
        }
        terminal = Terminal(build_project(tmp_path_factory.mktemp("pairs"), files))
        terminal.ok("trust", "--yes")
        terminal.ok("eval", "wordy")
        terminal.ok("eval", "brief")
        yield terminal


def test_two_runs_are_compared_in_both_orders(answered: Terminal) -> None:
    done = answered("judge", "pair", "preference", "wordy-1", "brief-2", "-m", "judging")
    assert done.code == 0
    assert "  wordy-1 wins 3, ties 2, brief-2 wins 0\n" in done.out
    assert "  flips       20.0% [0.5, 71.6]" in done.out
    assert "at equal length" not in done.out  # of five pairs
    assert "  first wins  100.0% [2.5, 100.0]" in done.out
    assert "  1 pair could not be judged\n" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_other_way_round_the_other_one_wins(answered: Terminal) -> None:
    told = answered.ok(
        "judge", "pair", "judges/preference", "brief", "wordy", "-m", "judging", "--json"
    )
    found = json.loads(told)
    pairs = found["pairs"]
    assert (pairs["wins"], pairs["ties"], pairs["losses"]) == (0, 2, 2)
    assert (pairs["failed"], pairs["unjudged"]) == (1, 1)
    assert (pairs["flips"], pairs["first_flips"]) == (1, 1)
    assert found["run"]["planned"] == len(QUESTIONS)


def test_pairs_have_gates_where_a_file_has_them(answered: Terminal) -> None:
    path = answered.root / "evals" / "preference.yaml"
    path.write_text(PAIRS, "utf-8")
    try:
        done = answered("judge", "pair", "preference", "wordy", "brief")
        run = done.err.rpartition("--run ")[2].strip()
        gate = answered("gate", "preference", "--run", run)
        refused = answered("judge", "pair", "preference", "wordy", "brief", "-m", "judging")
    finally:
        path.unlink()
    assert "preference" in gate.out
    assert "at_least 0.05" in gate.out
    assert refused.code == 2
    assert "evals/preference.yaml says who judges: leave -m judging out" in refused.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("preferense", "wordy", "brief"), "unknown judge 'preferense'; did you mean 'preference'"),
        (("relevance", "wordy", "brief"), "judge 'relevance' scores one answer"),
        (("preference", "wordy", "brief"), "needs a model: name one by `model: dear`"),
        (("preference", "wordy", "nobody"), "nobody"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_asked(
    answered: Terminal, arguments: tuple[str, ...], told: str
) -> None:
    done = answered("judge", "pair", *arguments)
    assert done.code == 2
    assert told in done.err


def test_runs_of_other_cases_are_not_compared(answered: Terminal) -> None:
    data = answered.root / "datasets" / "other.csv"
    data.write_text("question,expected\nWho?,I.\n", "utf-8")
    other = answered.root / "evals" / "other.yaml"
    other.write_text(EVAL.replace("handbook.jsonl", "other.csv") % "app:brief", "utf-8")
    answered.ok("eval", "other")
    done = answered("judge", "pair", "preference", "wordy", "other", "-m", "judging")
    assert (done.code, "answer other datasets" in done.err) == (2, True)


def test_what_a_judge_may_cost_is_asked_about_first_and_can_be_capped(answered: Terminal) -> None:
    pairs = ("judge", "pair", "preference", "wordy-1", "brief-2", "-m", "dear")
    refused = answered(*pairs)
    told = " ".join(refused.err.split())
    assert (refused.code, "may cost about $" in told) == (2, True), told
    assert "(an estimate), more than ask_above_usd of genaiops.yaml: $1.00; allow it by" in told
    stopped = answered(*pairs, "--max-cost", "8")
    assert stopped.code == 4
    assert "--max-cost $8.00 is reached" in " ".join(stopped.err.split())
    assert answered(*pairs, "--yes").code == 0
    assert answered(*pairs).code == 0, "what is recorded costs nothing"


def test_a_judge_of_the_family_of_one_of_both_is_told(answered: Terminal) -> None:
    flow = answered.root / "flows" / "asked"
    flow.mkdir(parents=True)
    (flow / "flow.yaml").write_text(ASKED, "utf-8")
    (flow / "answer.md").write_text("{{ question }}\n", "utf-8")
    (answered.root / "evals" / "asked.yaml").write_text(EVAL % "flows/asked", "utf-8")
    answered.ok("eval", "asked")
    done = answered("judge", "pair", "preference", "asked", "wordy", "-m", "judging")
    told = " ".join(done.err.split())
    assert "judging judges preference of gpt-small, both of the family GPT" in told
    assert (
        "both of the family"
        not in answered("judge", "pair", "preference", "brief-2", "wordy-1", "-m", "judging").err
    )
