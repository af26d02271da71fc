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
    """A run of each writer: of people, then of two models."""
    root = tmp_path_factory.mktemp("rated")
    data = json.loads(SOURCE.read_text("utf-8"))
    (root / "evals").mkdir()
    (root / "evals/tasks.yaml").write_text(EVAL, "utf-8")
    (root / "tasks.jsonl").write_text("".join(map(_case, data["tasks"])), "utf-8")
    (root / "ratings.jsonl").write_text("".join(map(_rating, data["evaluations"])), "utf-8")
    terminal = Terminal(root)
    for model in MODELS.values():
        terminal.ok("import", "ratings.jsonl", "--where", f"model={model}")
    return terminal


def _case(task: dict[str, Any]) -> str:
    case = {"id": task["task_id"], "inputs": {"question": task["input"][-1]["text"]}}
    return json.dumps(case) + "\n"


def _rating(answer: dict[str, Any]) -> str:
    votes = answer["annotations"]["faithfulness"].values()
    row = {
        "id": answer["task_id"],
        "model": MODELS[answer["model_id"]],
        "answer": answer["model_response"],
        "rating": (mean(float(vote["value"]) for vote in votes) - 1) / 3,
    }
    return json.dumps(row) + "\n"


def gated(rated: Terminal, run: int, against: int) -> tuple[int, dict[str, Any]]:
    done = rated("gate", "--run", f"tasks-{run}", "--against", f"tasks-{against}", "--json")
    return done.code, json.loads(done.out)


@pytest.mark.parametrize(("run", "drop"), [(2, -0.157), (3, -0.099)])
def test_a_model_against_the_human_writer_is_a_proven_drop(
    rated: Terminal, run: int, drop: float
) -> None:
    code, decision = gated(rated, run, 1)
    (verdict,) = decision["verdicts"]
    assert (code, verdict["word"]) == (1, "fail")
    assert verdict["difference"]["value"] == pytest.approx(drop, abs=0.001)


def test_the_two_models_against_each_other_are_inconclusive(rated: Terminal) -> None:
    code, decision = gated(rated, 2, 3)
    assert (code, decision["word"]) == (3, "inconclusive")
