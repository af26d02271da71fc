"""What people thought of three writers, imported and gated: the faithfulness ratings of mt-rag."""

import json
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.mt_rag import MODELS

SOURCE = Path(__file__).parents[3] / "shared/data/mt-rag/human_eval.json"
EVAL = """\
flow: imported
dataset: tasks.jsonl
metrics:
  - recorded:
      as: faithfulness
      value: ${run.outputs.rating}
      range: [0, 1]
      direction: higher
gates:
  - {metric: faithfulness, no_worse_than: baseline, margin: 0.05}
on_inconclusive: block
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOURCE.exists(), reason="the mt-rag data is not beside this repository"),
]


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A run of each writer, people and then two models, over `tasks` and over `talks`.

    In the second the turns of a conversation are one cluster.
    """
    root = tmp_path_factory.mktemp("rated")
    data = json.loads(SOURCE.read_text("utf-8"))
    (root / "evals").mkdir()
    for name, is_clustered in (("tasks", False), ("talks", True)):
        text = EVAL.replace("tasks.jsonl", f"{name}.jsonl")
        (root / f"evals/{name}.yaml").write_text(text, "utf-8")
        cases = [_case(task, is_clustered=is_clustered) for task in data["tasks"]]
        (root / f"{name}.jsonl").write_text("".join(cases), "utf-8")
    (root / "ratings.jsonl").write_text("".join(map(_rating, data["evaluations"])), "utf-8")
    terminal = Terminal(root)
    for name in ("tasks", "talks"):
        for model in MODELS.values():
            terminal.ok("import", "ratings.jsonl", "--eval", name, "--where", f"model={model}")
    return terminal


def _case(task: dict[str, Any], *, is_clustered: bool) -> str:
    case = {"id": task["task_id"], "inputs": {"question": task["input"][-1]["text"]}}
    talk = {"cluster": task["task_id"].partition("<")[0]} if is_clustered else {}
    return json.dumps(case | talk) + "\n"


def _rating(answer: dict[str, Any]) -> str:
    votes = answer["annotations"]["faithfulness"].values()
    row = {
        "id": answer["task_id"],
        "model": MODELS[answer["model_id"]],
        "answer": answer["model_response"],
        "rating": (mean(float(vote["value"]) for vote in votes) - 1) / 3,
    }
    return json.dumps(row) + "\n"


def gated(rated: Terminal, run: str, against: str) -> tuple[int, dict[str, Any]]:
    name = run.partition("-")[0]
    done = rated("gate", name, "--run", run, "--against", against, "--json")
    return done.code, json.loads(done.out)


@pytest.mark.parametrize(("run", "drop"), [("tasks-2", -0.157), ("tasks-3", -0.099)])
def test_a_model_against_the_human_writer_is_a_proven_drop(
    rated: Terminal, run: str, drop: float
) -> None:
    code, decision = gated(rated, run, "tasks-1")
    (verdict,) = decision["verdicts"]
    assert (code, verdict["word"]) == (1, "fail")
    assert verdict["difference"]["value"] == pytest.approx(drop, abs=0.001)


def test_the_two_models_against_each_other_are_inconclusive(rated: Terminal) -> None:
    code, decision = gated(rated, "tasks-2", "tasks-3")
    assert (code, decision["word"]) == (3, "inconclusive")


@pytest.mark.parametrize(("run", "against"), [("talks-5", "talks-4"), ("talks-5", "talks-6")])
def test_eight_conversations_are_told_to_be_too_few(
    rated: Terminal, run: str, against: str
) -> None:
    code, decision = gated(rated, run, against)
    assert (code, decision["word"]) == (3, "inconclusive")
    assert decision["summary"] == (
        "8 clusters of cases are too few to tell chance from change: 10 are the least, 30 are good"
    )
