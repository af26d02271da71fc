import pytest

from genaiops.errors import CallError, InputError
from genaiops.metrics import Resources
from genaiops.metrics.asking import AskingModel
from genaiops.metrics.scoring import BoundMetric
from genaiops.protocols import Model
from genaiops.records import Completion, CompletionRequest, Message, Usage
from tests.fakes import Answer, ScriptedModel
from tests.metrics.building import bind, case_of, run_of

pytestmark = pytest.mark.anyio


async def asks_twice(answer: str, model: Model) -> float:
    for attempt in range(2):
        words = (Message(role="user", content=f"Is it right? {answer}"),)
        given = await model.complete(CompletionRequest(messages=words, attempt=attempt))
    return float(given.text)


def bound(*answers: Answer, named: str | None = "judging") -> tuple[BoundMetric, ScriptedModel]:
    model = ScriptedModel(answers, name="judging")
    resources = Resources(
        models={"judging": model, "other": ScriptedModel()},
        functions={"nodes.py:asks_twice": asks_twice},
    )
    arguments = {"model": named} if named else {}
    written = {"metric": "nodes.py:asks_twice", "arguments": arguments}
    return bind(written, resources=resources), model


def used(text: str, cost_usd: float) -> Completion:
    usage = Usage(input_tokens=10, output_tokens=1, cost_usd=cost_usd)
    return Completion(text=text, usage=usage)


async def test_a_metric_asks_the_model_that_its_use_names_for_the_repeat_of_the_case() -> None:
    metric, model = bound(used("0", 0.25), used("1", 0.5))
    score = await metric.score(case_of(), run_of(), repeat=2)
    assert score.value == 1
    assert score.usage == Usage(input_tokens=20, output_tokens=2, cost_usd=0.75)
    assert [(each.case_id, each.repeat, each.attempt) for each in model.requests] == [
        ("one", 2, 0),
        ("one", 2, 1),
    ]
    assert metric.info.judge == "judging"


async def test_a_call_without_an_answer_is_a_missing_score_and_what_was_paid_counts() -> None:
    metric, _ = bound(used("0", 0.25), CallError("rate_limit", "too many"))
    score = await metric.score(case_of(), run_of())
    assert (score.value, score.reason) == (None, "metric: rate_limit: too many")
    assert score.usage is not None
    assert score.usage.cost_usd == 0.25


async def test_what_was_used_is_the_same_in_whichever_order_answers_come() -> None:
    costs = [0.1, 1e-17, 0.2, 0.3, 1e-17]
    in_order, reversed_ = [
        AskingModel(ScriptedModel([used("1", cost) for cost in order]), "one", 0)
        for order in (costs, costs[::-1])
    ]
    for asking in (in_order, reversed_):
        for _ in costs:
            await asking.complete(CompletionRequest(messages=()))
    assert in_order.usage == reversed_.usage


async def test_a_score_that_asked_nobody_has_no_usage() -> None:
    metric, model = bound()
    assert (await metric.score(case_of(), run_of(""))).usage is None
    assert model.requests == []
    assert bind("answer_f1").info.judge is None


def test_a_model_is_never_chosen_by_itself() -> None:
    with pytest.raises(InputError, match=r"needs a model: name one by `model: judging` \(known: j"):
        bound(named=None)
    with pytest.raises(InputError, match="unknown model 'judgin'; did you mean 'judging'"):
        bound(named="judgin")


def test_the_digest_covers_the_model() -> None:
    assert bound()[0].info.digest != bound(named="other")[0].info.digest
