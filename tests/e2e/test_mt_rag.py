"""Real input that nobody here wrote: passages, conversations, answers and raters of mt-rag."""

import json
from pathlib import Path
from typing import Any

import pytest

from genaiops.errors import InputError
from genaiops.models.weights import WeightsCatalog
from genaiops.project.environment import process_environment
from tests.cli.terminal import Terminal
from tests.e2e.mt_rag import write_project

SOURCE = Path(__file__).parents[3] / "shared/data/mt-rag/human_eval.json"
TASKS = 65


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    if not SOURCE.exists():
        pytest.skip("the mt-rag data is not beside this repository (../shared/data/mt-rag)")
    root = tmp_path_factory.mktemp("mt-rag")
    write_project(root, SOURCE)
    return Terminal(root)


@pytest.fixture(scope="module")
def rated(terminal: Terminal) -> dict[str, str]:
    """The run of each recorded writer, by name."""
    return {model: evaluated(terminal, "rated", model)["id"] for model in WRITERS}


WRITERS = ("human", "gpt-4o", "llama-405b")


def evaluated(terminal: Terminal, name: str, model: str, *more: str) -> dict[str, Any]:
    return json.loads(terminal.ok("eval", name, "-m", model, "--json", *more))


def judged(terminal: Terminal, run: str, against: str) -> tuple[int, dict[str, Any]]:
    done = terminal("gate", "rated", "--run", run, "--against", against, "--json")
    return done.code, json.loads(done.out)


def test_its_project_has_no_fault(terminal: Terminal) -> None:
    assert terminal("check").err.splitlines()[-1] == "0 errors, 0 warnings"


def test_its_passages_are_indexed_and_found(terminal: Terminal) -> None:
    assert "124 documents" in terminal.ok("index", "build", "passages")
    assert "fresh" in terminal.ok("index", "status")
    found = terminal.ok("index", "query", "passages", "aviation photography")
    assert found.startswith("1. 825986711_374-788-0-414 [0:435]")


@pytest.mark.slow
def test_the_floor_answers_every_task_within_what_was_planned(terminal: Terminal) -> None:
    run = evaluated(terminal, "assistant", "extractive")
    assert run["planned"] == TASKS == run["scored"] + run["errored"] + run["skipped"]
    assert run["scored"] == TASKS
    shown = terminal.ok("runs", "show", run["id"])
    assert "65 planned = 65 scored + 0 errored + 0 skipped" in shown
    recall = next(line for line in shown.splitlines() if "recall_at_4" in line)
    assert recall.endswith("61 cases"), "tasks without a passage have no recall"


@pytest.mark.slow
@pytest.mark.parametrize(("model", "p"), [("gpt-4o", 0.0005), ("llama-405b", 0.012)])
def test_a_model_against_the_human_writer_is_a_proven_drop(
    terminal: Terminal, rated: dict[str, str], model: str, p: float
) -> None:
    code, decision = judged(terminal, rated[model], rated["human"])
    (verdict,) = decision["verdicts"]
    assert (code, decision["word"], verdict["word"]) == (1, "fail", "fail")
    assert verdict["p_fail"] == pytest.approx(p, rel=0.2, abs=5e-4)  # 20,000 draws
    assert verdict["sentence"].endswith("A drop is proven.")


@pytest.mark.slow
def test_the_two_models_against_each_other_are_inconclusive(
    terminal: Terminal, rated: dict[str, str]
) -> None:
    code, decision = judged(terminal, rated["gpt-4o"], rated["llama-405b"])
    (verdict,) = decision["verdicts"]
    assert (code, decision["word"]) == (3, "inconclusive")
    assert verdict["difference"]["low"] < -0.05 < 0 < verdict["difference"]["high"]
    assert "still possible" in verdict["sentence"]


@pytest.mark.slow
def test_a_verdict_is_told_with_its_numbers(terminal: Terminal, rated: dict[str, str]) -> None:
    done = terminal("gate", "rated", "--run", rated["gpt-4o"], "--against", rated["human"])
    assert done.code == 1
    assert done.out.startswith("FAIL  rated: faithfulness failed  65 cases x 1")
    assert "82.1% -> 66.3%   -15.7 points" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.slow
@pytest.mark.weights
def test_a_local_model_answers_some_tasks(terminal: Terminal) -> None:
    try:
        WeightsCatalog.load(process_environment()).path("smollm2-135m")
    except InputError as error:
        pytest.skip(str(error))
    pytest.importorskip("xllamacpp", reason="the local extra is not installed")
    run = evaluated(terminal, "assistant", "smollm2-135m", "--limit", "3")
    assert run["planned"] == 3 == run["scored"] + run["errored"] + run["skipped"]
    assert run["made_calls"] == 3
    assert run["usage"]["output_tokens"] > 0
