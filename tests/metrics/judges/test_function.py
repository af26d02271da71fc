import pytest
from pydantic import JsonValue

from genaiops.errors import CallError, InputError
from genaiops.metrics import Resources
from genaiops.metrics.judges.function import judge_function
from genaiops.metrics.judges.shipped import shipped_judges
from genaiops.metrics.scoring import BoundMetric
from genaiops.records import Completion, Usage
from genaiops.specs.judge import JudgeSpec
from genaiops.specs.rubric import rubric_problems
from tests.fakes import ScriptedModel
from tests.metrics.building import bind, case_of, run_of
from tests.metrics.judges.building import in_json, judge, pair_judge, scored

NAME = "judges/helpful"


def bound(
    spec: JudgeSpec,
    model: ScriptedModel,
    arguments: dict[str, JsonValue] | None = None,
    *,
    structured: tuple[str, ...] = (),
) -> BoundMetric:
    functions = {NAME: judge_function(spec, structured=structured)}
    resources = Resources(models={model.name: model}, functions=functions)
    return bind({NAME: arguments or {}}, resources=resources)


def test_a_judge_declares_its_scale_its_direction_and_its_model() -> None:
    info = bound(judge(model="scripted", direction="lower"), ScriptedModel()).info
    assert (info.name, info.metric, info.judge) == ("helpful", NAME, "scripted")
    assert (info.low, info.high, info.direction, info.unit) == (1, 5, "lower", "score")


@pytest.mark.parametrize(
    ("changes", "is_binary"),
    [
        ({"scale": "yes/no", "logprobs": "never"}, True),
        ({"scale": "yes/no"}, False),
        ({"scale": "yes/no", "logprobs": "never", "votes": 3, "temperature": 1}, False),
        ({"scale": {"bad": 0, "good": 1}, "logprobs": "never"}, True),
        ({"scale": (0, 5), "logprobs": "never"}, False),
    ],
)
def test_a_judge_is_binary_where_nothing_lies_between(
    changes: dict[str, object], *, is_binary: bool
) -> None:
    assert bound(judge(model="scripted", **changes), ScriptedModel()).info.binary is is_binary


def test_the_fingerprint_follows_all_that_decides_a_score() -> None:
    model = ScriptedModel()
    base = judge(model="scripted")
    fingerprints = [
        bound(base, model).info.digest,
        bound(base, model, structured=("scripted",)).info.digest,
        bound(base, model, {"question": "${case.id}"}).info.digest,
        bound(base, ScriptedModel(name="other"), {"model": "other"}).info.digest,
        *(
            bound(judge(model="scripted", **changes), model).info.digest
            for changes in (
                {"criteria": "Another."},
                {"scale": (1, 4)},
                {"levels": {"1": "bad"}},
                {"reason": "none"},
                {"max_reason_words": 61},
                {"logprobs": "never"},
                {"temperature": 0.5},
            )
        ),
    ]
    assert len(set(fingerprints)) == len(fingerprints)
    same = judge(model="scripted", description="What it is for.", votes=1)
    assert bound(same, model).info.digest == fingerprints[0]


@pytest.mark.anyio
async def test_a_judge_sees_the_case_and_the_run_and_its_usage_is_counted() -> None:
    answer = Completion(text=in_json(4), usage=Usage(input_tokens=90, output_tokens=9))
    model = ScriptedModel([answer])
    metric = bound(judge(model="scripted"), model, structured=("scripted",))
    score = await metric.score(case_of(), run_of("At nine."))
    assert (score.value, score.usage) == (4, Usage(input_tokens=90, output_tokens=9))
    told = model.requests[0].messages[-1].content
    assert "| How much?" in told
    assert "| At nine." in told


@pytest.mark.anyio
async def test_an_empty_answer_is_the_worst_and_nobody_is_asked() -> None:
    score = await bound(judge(model="scripted"), ScriptedModel()).score(case_of(), run_of(" "))
    assert (score.value, score.usage) == (1, None)


@pytest.mark.anyio
async def test_a_judge_that_fails_leaves_no_score() -> None:
    model = ScriptedModel([CallError("context_window", "the prompt has 90000 tokens")])
    score = await bound(judge(model="scripted"), model).score(case_of(), run_of("a " * 50_000))
    assert score.reason == "metric: context_window: the prompt has 90000 tokens"


@pytest.mark.anyio
async def test_a_pair_takes_the_other_answer_from_where_the_use_says() -> None:
    model = ScriptedModel([scored("first"), scored("second")])
    metric = bound(pair_judge(model="scripted"), model, {"other": "${case.expected.answer}"})
    assert (await metric.score(case_of(), run_of("At nine."))).value == 1
    with pytest.raises(InputError, match="other: say where it comes from"):
        bound(pair_judge(model="scripted"), model)


def test_a_judge_without_a_model_asks_its_use_for_one() -> None:
    with pytest.raises(InputError, match="helpful: needs a model: name one by `model: scripted`"):
        bound(judge(), ScriptedModel())


@pytest.mark.parametrize("name", shipped_judges())
def test_each_shipped_judge_is_sound_and_names_no_model(name: str) -> None:
    spec = shipped_judges()[name]
    assert [*rubric_problems(spec)] == []
    assert spec.model is None
    assert spec.description
