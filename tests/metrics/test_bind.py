"""Binding: what parameters get by default, and what is said when they cannot get anything."""

from typing import Any

import pytest
from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.metrics import Resources, Surroundings, metric, plan_metric
from genaiops.records import Case, FlowRun
from tests.fakes import HashEmbedder
from tests.metrics.building import EXPECTED, OUTPUTS, bind, bind_function, case_of, run_of, use_of

pytestmark = pytest.mark.anyio


def exact(answer: str, expected: str) -> bool:
    return answer == expected


def faults(
    written: JsonValue, outputs: Any = OUTPUTS, expected: Any = EXPECTED, **more: Any
) -> tuple[str, ...]:
    try:
        plan = plan_metric(use_of(written), Surroundings(outputs, expected, **more))
    except InputError as error:
        return (str(error),)
    return plan.faults


def templates(
    written: JsonValue, outputs: Any = OUTPUTS, expected: Any = EXPECTED
) -> dict[str, JsonValue]:
    plan = plan_metric(use_of(written), Surroundings(outputs, expected))
    assert plan.faults == ()
    return plan.arguments.templates


@pytest.mark.parametrize(
    ("outputs", "expected", "answer", "label"),
    [
        (("answer", "passages"), ("answer", "passages"), "answer", "answer"),
        (("reply", "passages"), ("gold", "passages"), "reply", "gold"),
        (("reply",), ("reply", "other"), "reply", "reply"),
        (("answer", "reply"), ("answer", "reply"), "answer", "answer"),
        (("reply",), ("answer", "other"), "reply", "answer"),
        (None, ("answer",), "answer", "answer"),
    ],
)
def test_answer_and_expected_share_a_name_or_are_single(
    outputs: Any, expected: Any, answer: Any, label: str
) -> None:
    assert templates("answer_f1", outputs, expected) == {
        "answer": f"${{run.outputs.{answer}}}",
        "expected": f"${{case.expected.{label}}}",
    }


def test_an_answer_that_is_named_decides_what_is_expected() -> None:
    written = {"answer_f1": {"answer": "${run.outputs.reply}"}}
    found = templates(written, ("answer", "reply"), ("answer", "reply"))
    assert found["expected"] == "${case.expected.reply}"


def test_parameters_with_a_default_keep_it_whatever_outputs_are_called() -> None:
    assert "k" not in templates("passage_recall", (*OUTPUTS, "k"))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("answr_f1", "unknown metric 'answr_f1'; did you mean 'answer_f1'?"),
        ({"answer_f1": {"anser": 1}}, "unknown argument 'anser'; did you mean 'answer'?"),
        ({"answer_f1": {"answer": "${run.outputs.anser}"}}, "no output 'anser'; did you mean"),
        ({"answer_f1": {"expected": "${case.expected.answr}"}}, "an expected 'answr'; did"),
        ({"answer_f1": {"expected": "${case.expectd}"}}, "no 'expectd'; did you mean"),
        ({"answer_f1": {"answer": "${runs.outputs.answer}"}}, "did you mean 'run'?"),
        ({"answer_f1": {"answer": "${a b}"}}, "${a b} is no reference; write ${name.field}"),
        ({"passage_recall": {"k": "four"}}, "k: should be a valid integer"),
        ({"passage_recall": {"k": 0}}, "k: should be greater than 0, not 0"),
        ({"number_close": {"pick": "frist"}}, "should be 'any', 'first' or 'last', not 'frist'"),
        ({"regex": {"pattern": "(a+)+"}}, "regex: pattern: '(a+)+' can take forever"),
        ("regex", "pattern: say where it comes from, `pattern: ${run.outputs.answer}`"),
        ("similarity", "needs an embedder: name one by `embedder: minilm`; the catalog has none"),
        ("recorded", "needs `range: [low, high]`, such as [0, 1], not None"),
        (
            {"recorded": {"value": "${run.outputs.answer}", "range": [0, 1], "direction": "up"}},
            "needs `direction: higher` or `direction: lower`, not 'up'",
        ),
        (
            {"recorded": {"value": "${run.outputs.answer}", "range": [1, 0], "direction": "lower"}},
            "from low to high",
        ),
        ("nowhere:metric", "there is no module 'nowhere'"),
    ],
)  # fmt: skip
def test_faults_say_what_to_write(written: JsonValue, message: str) -> None:
    told = faults(written)
    assert any(message in each for each in told), told
    with pytest.raises(InputError):
        bind(written)


def test_without_a_default_the_choices_are_listed() -> None:
    [told] = faults("answer_f1", ("one", "two"), ("answer",))
    assert "answer: say where it comes from, `answer: ${run.outputs.one}`" in told
    assert "${run.outputs.two}" in told


def test_a_label_that_no_case_has_is_a_fault() -> None:
    [told] = faults("passage_recall", expected=("answer",))
    assert "${case.expected.passages}: no case has an expected 'passages'" in told


def test_all_faults_of_a_use_are_said_at_once() -> None:
    assert len(faults({"number_close": {"tolernace": 1, "pick": "no", "relative": -1}})) == 3


def test_several_embedders_have_to_be_chosen_from() -> None:
    [told] = faults("similarity", embedders=("a", "b"))
    assert "name one by `embedder: a` (known: a, b)" in told
    [told] = faults({"similarity": {"embedder": "c"}}, embedders=("a", "b"))
    assert "unknown embedder 'c'" in told


def test_a_plan_names_the_embedder_that_scoring_needs() -> None:
    def planned(written: JsonValue, known: tuple[str, ...]) -> str | None:
        around = Surroundings(OUTPUTS, EXPECTED, embedders=known)
        return plan_metric(use_of(written), around).embedder

    assert planned("similarity", ("minilm",)) == "minilm"
    assert planned({"similarity": {"embedder": "b"}}, ("a", "b")) == "b"
    assert planned("groundedness", ("minilm",)) is None
    assert planned({"groundedness": {"embedder": "minilm"}}, ("minilm",)) == "minilm"
    assert planned("answer_f1", ("minilm",)) is None


def test_a_function_that_takes_what_has_no_name_is_refused() -> None:
    def greedy(*texts: str) -> float:
        return len(texts)

    with pytest.raises(InputError, match="its parameter 'texts' cannot be given by name"):
        bind_function(greedy)


async def test_a_recorded_score_takes_its_range_from_the_use() -> None:
    written = {"recorded": {"as": "rating", "value": "${run.outputs.stars}", "range": [1, 5],
                            "direction": "higher"}}  # fmt: skip
    rated = bind(written, outputs=("answer", "stars"))
    info = rated.info
    assert (info.name, info.low, info.high, info.unit) == ("rating", 1, 5, "score")
    assert (await rated.score(case_of(), run_of(outputs={"stars": 4}))).value == 4
    missing = await rated.score(case_of(), run_of(outputs={"stars": None}))
    assert missing.reason == "the run has no outputs.stars"


@pytest.mark.parametrize(
    ("wanted", "applies"),
    [
        ("run", lambda run: f"{run}"),
        ("case", lambda case: f"{case}"),
        ("anser", lambda anser: f"{anser}"),
    ],
)
def test_what_never_tells_whether_a_metric_applies_is_a_fault(wanted: str, applies: Any) -> None:
    @metric(applies_when=applies)
    def mine(answer: str, case: object, run: object) -> bool:
        return bool(answer and case and run)

    with pytest.raises(InputError, match=f"mine: applies_when takes '{wanted}': it takes argum"):
        bind_function(mine)


def test_a_function_that_returns_a_bool_is_binary() -> None:
    assert bind_function(exact).info.binary
    assert not bind("answer_f1").info.binary
    assert bind("exact_match").info.binary


async def test_a_user_writes_a_metric_in_a_few_lines() -> None:
    @metric(range=(0, None), direction="lower", unit="tokens")
    def words(answer: str, question_words: int = 0) -> int:
        return len(answer.split()) - question_words

    bound = bind_function(words)
    assert (bound.info.name, bound.info.unit) == ("mine", "tokens")
    assert (await bound.score(case_of(), run_of("one two"))).value == 2


async def test_parameters_are_found_by_name_among_outputs_labels_and_records() -> None:
    def seen(
        passages: list[object],
        answerable: object,
        case: Case,
        run: FlowRun,
        inputs: JsonValue,
        note: str = "-",
    ) -> bool:
        return (
            passages == [] and answerable and case.id == "one" and run.flow == "f"
            and inputs == {"question": "How much?"} and note == "-"
        )  # fmt: skip

    score = await bind_function(seen).score(
        case_of({"answerable": True}), run_of(outputs={"passages": []})
    )
    assert score.value == 1


async def test_arguments_can_put_references_into_lists_and_texts() -> None:
    def two(pair: list[str]) -> bool:
        return pair == ["thirty pounds", "case one"]

    metric = bind_function(two, {"pair": ["${run.outputs.answer}", "case ${case.id}"]})
    assert (await metric.score(case_of(), run_of())).value == 1


def digests(*written: JsonValue) -> set[str]:
    return {bind(each).info.digest for each in written}


def test_the_digest_covers_metric_and_arguments_and_not_the_label() -> None:
    recall = {"passage_recall": {"k": 3}}
    assert len(digests("answer_f1", "rouge_l", recall, {"passage_recall": {"k": 4}})) == 4
    assert len(digests(recall, {"passage_recall": {"as": "r", "k": 3}})) == 1


def test_a_plan_declares_what_the_bound_metric_does() -> None:
    resources = Resources(embedders={"e": HashEmbedder()})
    around = Surroundings(OUTPUTS, EXPECTED, embedders=["e"])
    uses = ["answer_f1", {"passage_recall": {"k": 3}}, "similarity", "latency", "pii_leak"]
    for written in uses:
        plan = plan_metric(use_of(written), around)
        identity = {"embedder": HashEmbedder().identity} if plan.embedder else None
        assert plan.info(identity) == bind(written, resources=resources).info


def test_the_digest_covers_an_embedder_that_is_optional() -> None:
    resources = Resources(embedders={"e": HashEmbedder()})
    helped = bind({"groundedness": {"embedder": "e"}}, resources=resources)
    assert helped.info.digest not in digests("groundedness")


def test_the_digest_covers_the_source_of_a_function() -> None:
    assert bind_function(exact).info.digest == bind_function(exact).info.digest
    unseen = eval("lambda answer: 1.0")  # noqa: S307  a function without a file
    with pytest.raises(InputError, match="its source cannot be read; put the metric into a file"):
        bind_function(unseen)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("math:pi", "math:pi is no function; a metric is a function of named parameters"),
        ("math:no", "unknown attribute of math 'no'"),
        ("no_module:f", "there is no module 'no_module'"),
    ],
)
def test_what_is_no_metric_is_told_by_its_name(name: str, told: str) -> None:
    assert [told in fault for fault in faults(name)] == [True]
