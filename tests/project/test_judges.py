from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest

from genaiops.project.check import check_project
from genaiops.project.check_catalog import Surroundings
from genaiops.project.files import load_project
from genaiops.project.judges import self_preference
from genaiops.project.overrides import Overrides
from genaiops.project.wants import Used, used_by_eval
from genaiops.project.wiring import Wiring
from genaiops.protocols import Model
from genaiops.records import Case, FlowRun, MetricInfo
from genaiops.specs.catalog import CatalogSpec
from tests.fakes import MemoryLedger, ScriptedModel
from tests.metrics.judges.building import in_json, scored
from tests.project.build import build_project
from tests.project.conftest import Opened

CATALOG = CatalogSpec.model_validate(
    {
        "models": {
            "judge": {"provider": "replay", "recording": "r.jsonl", "model": "qwen2.5-72b"},
            "small": {"provider": "local", "weights": "qwen2.5-coder-0.5b"},
            "gpt-4o": {"provider": "openai", "model": "deployed", "base_url": "https://a.example"},
            "own": {"provider": "extractive"},
        }
    }
)


def info(judge: str | None) -> MetricInfo:
    said = {"name": "helpful", "metric": "judges/helpful", "judge": judge}
    return MetricInfo.model_validate(
        {**said, "low": 0, "high": 1, "direction": "higher", "digest": "d"}
    )


@pytest.mark.parametrize(
    ("judge", "answering", "is_told"),
    [
        ("judge", ["small"], True),
        ("judge", ["gpt-4o", "small"], True),
        ("small", ["small"], True),
        ("gpt-4o", ["gpt-4o-mini"], True),
        ("judge", ["gpt-4o"], False),
        ("own", ["own"], False),
        ("judge", [], False),
        (None, ["small"], False),
    ],
)
def test_a_judge_of_the_family_that_answers_is_told(
    judge: str | None, answering: Collection[str], *, is_told: bool
) -> None:
    notes = list(self_preference([info(judge)], answering, CATALOG))
    assert bool(notes) is is_told


def test_the_note_names_who_judges_whom() -> None:
    (note,) = self_preference([info("judge")], ["gpt-4o", "small"], CATALOG)
    assert "judge judges helpful of small, both of the family Qwen" in note


JUDGE = """\
    model: judging
    criteria: Whether the answer helps.
    scale: [1, 5]
    """
MODELS = """\
    models:
      extractive: {provider: extractive}
      judging:
        {provider: openai, model: m, base_url: "http://127.0.0.1:9", capabilities: [json_schema]}
      plain: {provider: openai, model: m, base_url: "http://127.0.0.1:9"}
    """
USE = "evals/assistant.yaml:3:11"
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [%s]
    """


class Judges:
    """Stands in for every model, and scores 4."""

    def __init__(self) -> None:
        self.asked: list[ScriptedModel] = []

    def __call__(self, model: Model) -> Model:
        fake = ScriptedModel(
            lambda request: in_json(4) if request.response_schema else scored(4), name=model.name
        )
        self.asked.append(fake)
        return fake


def project(metric: str = "judges/helpful", **changes: str) -> dict[str, str]:
    files = {"judges/helpful.yaml": JUDGE, "catalog.yaml": MODELS}
    return {**files, "evals/assistant.yaml": EVAL % metric, **changes}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("metric", "model", "as_json"),
    [
        ("judges/helpful", "judging", True),
        ("{judges/helpful: {as: helpful, model: plain}}", "plain", False),
        ("{judges/relevance: {as: helpful, model: plain}}", "plain", False),
    ],
)
async def test_a_judge_of_the_project_scores_by_the_model_that_it_names(
    opened: Opened, metric: str, model: str, *, as_json: bool
) -> None:
    session = opened(project(metric)).naming(Used(models=frozenset({"judging", "plain"})))
    judges = Judges()
    async with Wiring(session, MemoryLedger(), wrap=judges) as wiring:
        evaluation = await wiring.evaluation("assistant", Overrides())
        (bound,) = evaluation.metrics
        case = Case(id="a", inputs={"question": "How long?"})
        run = FlowRun(flow="assistant", inputs=case.inputs, outputs={"answer": "Three weeks."})
        score = await bound.score(case, run)
    assert (bound.info.name, bound.info.judge, score.value) == ("helpful", model, 4)
    (asked,) = [each for each in judges.asked if each.requests]
    assert asked.name == model
    assert (asked.requests[0].response_schema is not None) is as_json


def test_a_judge_makes_its_evaluation_want_its_model(opened: Opened) -> None:
    session = opened(project())
    assert "judging" in used_by_eval(session.project, "assistant").models


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        (
            {"metric": "judges/helpfull"},
            [f"{USE}: unknown metric 'judges/helpfull'; did you mean 'judges/helpful'?"],
        ),
        (
            {"metric": "judges/relevance"},
            [f"{USE}: relevance: needs a model: name one by `model: extractive`"],
        ),
        (
            {"metric": '{judges/helpful: {question: "${case.inputs.qestion}"}}'},
            [f"{USE}: helpful: question: ${{case.inputs.qestion}}: no case has an input 'qestion'"],
        ),
        (
            {"judges/helpful.yaml": JUDGE.replace("judging", "judgin")},
            [
                f"{USE}: helpful: unknown model 'judgin'; did you mean 'judging'?",
                "judges/helpful.yaml:1:1: unknown model or selection 'judgin'; did you mean",
            ],
        ),
        (
            {"metric": '{judges/helpful: {answer: "${run.outputs.text}"}}'},
            [f"{USE}: helpful: answer: ${{run.outputs.text}}: the flow has no output"],
        ),
    ],
)
def test_what_is_wrong_with_a_judge_is_told_before_it_is_asked(
    tmp_path: Path, changes: dict[str, str], told: list[str]
) -> None:
    around = Surroundings(environment={}, today=date(2026, 11, 21), weights={})
    faults = check_project(load_project(build_project(tmp_path, project(**changes))), around)
    assert [str(fault)[: len(start)] for fault, start in zip(faults, told, strict=True)] == told
