import json
import math
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from genaiops.errors import CallError, InputError
from genaiops.metrics import Resources
from genaiops.metrics import declare as declaring
from genaiops.metrics.ragas_catalog import RAGAS_METRICS
from genaiops.records import Completion, CompletionRequest, Score
from tests.fakes import Answer, HashEmbedder, ScriptedModel
from tests.metrics.building import bind, case_of, passage, run_of

pytest.importorskip("ragas", reason="the extra ragas is not installed")
pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Answers = list[Answer] | Callable[[CompletionRequest], Answer]
STATEMENTS = json.dumps({"statements": ["It costs ten pounds.", "It is blue."]})
VERDICTS = json.dumps(
    {
        "statements": [
            {"statement": "It costs ten pounds.", "reason": "it says so", "verdict": 1},
            {"statement": "It is blue.", "reason": "nothing does", "verdict": 0},
        ]
    }
)


async def scored(
    name: str, answers: Answers, *, passages: bool = True, **more: JsonValue
) -> tuple[Score, ScriptedModel]:
    model = ScriptedModel(answers, name="judging")
    resources = Resources(models={"judging": model}, embedders={"hashing": HashEmbedder()})
    metric = bind({f"ragas.{name}": {"model": "judging", **more}}, resources=resources)
    found: list[JsonValue] = [passage("It costs ten pounds.").model_dump(mode="json")]
    run = run_of("It costs ten pounds and is blue.", outputs={"passages": found * passages})
    return await metric.score(case_of(), run), model


async def test_the_share_of_supported_statements_is_the_faithfulness() -> None:
    score, model = await scored("faithfulness", [STATEMENTS, f"Sure!\n```json\n{VERDICTS}\n```"])
    assert score.value == 0.5
    assert [each.parameters.max_tokens for each in model.requests] == [4096, 4096]
    assert {(each.case_id, each.repeat) for each in model.requests} == {("one", 0)}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I think it is fine.", "judge: json: no StatementGeneratorOutput in what it answered: 'I"),
        ('{"statements": ["It', "judge: json: no StatementGeneratorOutput in what it answered"),
        ('{"claims": 3}', "judge: json: no StatementGeneratorOutput in what it answered"),
        ("", "judge: json: no StatementGeneratorOutput in what it answered: ''"),
    ],
)
async def test_what_cannot_be_read_is_asked_once_more_and_missing_then(
    said: str, told: str
) -> None:
    score, model = await scored("faithfulness", [said, said])
    assert (score.value, (score.reason or "").startswith(told)) == (None, True), score.reason
    assert [each.attempt for each in model.requests] == [0, 1]
    mended, _ = await scored("faithfulness", [said, STATEMENTS, VERDICTS])
    assert mended.value == 0.5


async def test_no_statement_is_no_number_with_a_reason() -> None:
    score, _ = await scored("faithfulness", ['{"statements": []}'])
    assert score.reason == "ragas: no number: a text states nothing, or a rating is off its scale"


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (CallError("rate_limit", "too many"), "metric: rate_limit: too many"),
        (Completion(text='{"rat', finish_reason="length"), "judge: length: cut off after 0 tokens"),
        (
            Completion(text="", finish_reason="content_filter"),
            "judge: content_filter: the provider's filter withheld its answer",
        ),
    ],
)
async def test_one_of_two_ratings_is_no_score(failure: Answer, told: str) -> None:
    score, _ = await scored("response_groundedness", ['{"rating": 2}', failure])
    assert (score.value, score.reason) == (None, told)
    whole, _ = await scored("response_groundedness", ['{"rating": 2}', '{"rating": 1}'])
    assert whole.value == 0.75


async def test_what_is_not_there_to_judge_by_is_told_before_any_call() -> None:
    score, model = await scored("faithfulness", [], passages=False)
    assert (score.reason, model.requests) == ("ragas: no passages to judge by", [])
    score, model = await scored("faithfulness", [], question="${case.tags.asked}")
    assert (score.reason, model.requests) == ("the case has no tags.asked", [])


async def test_the_same_question_asked_again_is_another_draw() -> None:
    score, model = await scored("answer_relevancy", _formed)
    assert score.value is not None
    assert [each.attempt for each in model.requests] == [0, 1, 2]


@pytest.mark.parametrize("name", [name.removeprefix("ragas.") for name in RAGAS_METRICS])
async def test_every_metric_gives_a_number_for_answers_of_its_form(name: str) -> None:
    score, _ = await scored(name, _formed)
    assert score.value is not None, score
    assert math.isfinite(score.value)


def _formed(request: CompletionRequest) -> Answer:
    """The smallest answer of the form that the prompt asks for."""
    text = request.messages[0].content
    schema, _ = json.JSONDecoder().raw_decode(text[text.index("JSON Schema:\n") + 13 :])
    return json.dumps(_instance(schema, schema))


def _instance(schema: Mapping[str, Any], root: Mapping[str, Any]) -> JsonValue:
    if "$ref" in schema:
        return _instance(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    match schema["type"]:
        case "object":
            return {name: _instance(each, root) for name, each in schema["properties"].items()}
        case "array":
            return [_instance(schema["items"], root)]
        case other:
            return {"string": "thirty pounds", "boolean": True}.get(other, 2)


def test_ragas_tells_nobody_of_its_use() -> None:
    from ragas._analytics import do_not_track  # noqa: PLC0415

    from genaiops.metrics import ragas_scoring  # noqa: PLC0415  it is loaded on use alone

    assert ragas_scoring.MAX_TOKENS >= 4096
    assert os.environ["RAGAS_DO_NOT_TRACK"] == "true"
    assert do_not_track()


def test_a_metric_whose_extra_is_missing_is_a_fault_before_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(declaring, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"the metric ragas\.faithfulness needs an extra: pip ins"):
        bind(
            {"ragas.faithfulness": {"model": "judging"}},
            resources=Resources(models={"judging": ScriptedModel()}),
        )
