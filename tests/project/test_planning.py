from contextlib import chdir

import pytest

from genaiops.errors import InputError
from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS
from genaiops.project.call_counts import PlannedRequest, count_calls
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.overrides import Overrides
from genaiops.project.planning import LOOKED_AT, expected_cost, plan_evaluation
from genaiops.project.session import Session
from genaiops.project.wants import used_by_flow, wants_of
from genaiops.records import Completion, Usage
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

FLOW = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: extractive, with: {question: "${inputs.question}"}}
      second: {prompt: answer.md, model: extractive, with: {question: "${first.text}"}}
    outputs: {answer: "${second.text}"}
    """
CASES = "".join(
    f'{{"id": "{name}", "inputs": {{"question": "Asked {name}"}}, "expected": {{"answer": "x"}}}}\n'
    for name in "abc"
)
FILES: dict[str, str | bytes | None] = {
    "flows/assistant/flow.yaml": FLOW,
    "flows/assistant/answer.md": "{{ question }}",
    "datasets/handbook.jsonl": CASES,
}


ASKED, NAMED = 2, 4
"""Tokens of `Asked a` and of `<answer to a>`: characters / 4, rounded up."""


def trusting(session: Session) -> Session:
    used = used_by_flow(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return session


async def test_the_first_case_is_rendered_and_all_are_counted(opened: Opened) -> None:
    session = trusting(opened(hosted(PRICE)))
    plan = await plan_evaluation(session, Asked("assistant", Overrides(repeats=4)))
    assert (plan.cases, plan.repeats, plan.case_id, plan.looked_at) == (3, 4, "a", 12)
    shown = [request.messages[0].content for request in plan.requests]
    assert shown == ["Asked a", "<answer to a>"]
    counts = plan.counts
    assert (counts.calls, counts.recorded) == (24, 0)
    assert counts.input_tokens == 12 * (ASKED + NAMED)
    assert (counts.output_tokens, counts.is_assumed) == (24 * ASSUMED_ANSWER_TOKENS, True)
    assert counts.cost_usd == pytest.approx((72 * 3 + counts.output_tokens * 9) / 1e6)


@pytest.mark.parametrize(("models", "cost_usd"), [("extractive", 0.0), ("hosted", None)])
async def test_what_runs_here_is_free_and_a_missing_price_is_not_guessed(
    opened: Opened, models: str, cost_usd: float | None
) -> None:
    files = hosted() if models == "hosted" else FILES
    plan = await plan_evaluation(trusting(opened(files)), Asked("assistant"))
    assert plan.counts.cost_usd == cost_usd


async def test_recorded_calls_are_told_apart_and_tell_the_length_of_answers(
    opened: Opened,
) -> None:
    session = opened(FILES)
    with session.open_store() as store:
        await run_evaluation(
            session, store, Asked("assistant", Overrides(limit=2)),
            on_note=lambda _: None,
        )  # fmt: skip
    plan = await plan_evaluation(session, Asked("assistant"))
    answer = plan.requests[0].answer
    assert answer is not None
    assert plan.requests[1].messages[0].content == answer.text, "not the placeholder"
    assert (plan.counts.calls, plan.counts.recorded) == (6, 4)
    assert (plan.counts.is_assumed, plan.counts.output_tokens) == (
        False, 2 * answer.usage.output_tokens,
    )  # fmt: skip
    anew = await plan_evaluation(session, Asked("assistant", reuse=False))
    # two cases lead to the same second question; calls that are made anew tell their length, too
    assert (anew.counts.recorded, anew.counts.is_assumed) == (1, False)


async def test_of_many_cases_some_are_looked_at(opened: Opened) -> None:
    asked = Asked("assistant", Overrides(repeats=100))
    plan = await plan_evaluation(trusting(opened(hosted(PRICE))), asked)
    assert (plan.looked_at, plan.counts.calls) == (LOOKED_AT, 600)


async def test_what_is_recorded_of_one_repeat_is_not_taken_for_all(opened: Opened) -> None:
    ids = [f"c{number}" for number in range(LOOKED_AT)]
    case = '{{"id": "{0}", "inputs": {{"question": "Asked {0}"}}, "expected": {{"answer": "x"}}}}\n'
    answer = '{{"case_id": "{}", "model": "m", "text": "x"}}\n'
    session = opened({
        "flows/assistant/flow.yaml": """\
            inputs: {question: string}
            nodes: {answer: {prompt: answer.md, model: m, with: {question: "${inputs.question}"}}}
            outputs: {answer: "${answer.text}"}
            """,
        "flows/assistant/answer.md": "{{ question }}",
        "datasets/handbook.jsonl": "".join(map(case.format, ids)),
        "datasets/m.jsonl": "".join(map(answer.format, ids)),
        "catalog.yaml": "models: {m: {provider: replay, model: m, recording: datasets/m.jsonl}}\n",
    })  # fmt: skip
    with session.open_store() as store:
        await run_evaluation(session, store, Asked("assistant"), on_note=lambda _: None)
    counts = (await plan_evaluation(session, Asked("assistant", Overrides(repeats=2)))).counts
    assert counts.calls == 2 * LOOKED_AT
    assert abs(counts.recorded / counts.calls - 0.5) < 0.1


async def test_code_runs_for_one_case_alone(opened: Opened) -> None:
    flow = FLOW.replace(
        "first: {prompt: answer.md, model: extractive,", 'first: {python: "nodes.py:first",'
    ).replace("first.text", "first.output")
    code = """
        from pathlib import Path

        def first(question):
            with Path("ran").open("a") as file:
                file.write("x")
            return question
    """
    changes = {"flows/assistant/flow.yaml": flow, "flows/assistant/nodes.py": code}
    session = trusting(opened({**FILES, **changes}))
    with chdir(session.root):
        plan = await plan_evaluation(session, Asked("assistant"))
    assert (session.root / "ran").read_text("utf-8") == "x"
    assert (plan.looked_at, plan.runs_code, plan.counts.calls) == (1, True, 3)


async def test_where_code_runs_the_repeats_to_come_are_no_recorded_ones(opened: Opened) -> None:
    flow = FLOW.replace(
        "first: {prompt: answer.md, model: extractive,", 'first: {python: "nodes.py:first",'
    ).replace("first.text", "first.output")
    answers = "".join(f'{{"case_id": "{name}", "model": "m", "text": "x"}}\n' for name in "abc")
    changes = {
        "flows/assistant/flow.yaml": flow.replace("model: extractive", "model: m"),
        "flows/assistant/nodes.py": "def first(question):\n    return question\n",
        "datasets/m.jsonl": answers,
        "catalog.yaml": "models: {m: {provider: replay, model: m, recording: datasets/m.jsonl}}\n",
    }
    session = trusting(opened({**FILES, **changes}))
    with session.open_store() as store:
        await run_evaluation(session, store, Asked("assistant"), on_note=lambda _: None)
    once = (await plan_evaluation(session, Asked("assistant"))).counts
    assert (once.calls, once.recorded) == (3, 3)
    more = (await plan_evaluation(session, Asked("assistant", Overrides(repeats=4)))).counts
    assert (more.calls, more.recorded) == (12, 0)


async def test_what_a_judge_is_asked_for_again_is_not_planned(opened: Opened) -> None:
    metrics = """\
        flow: flows/assistant
        dataset: datasets/handbook.jsonl
        metrics:
          - judges/relevance: {model: extractive}
          - judges/preference: {model: extractive, other: "${case.expected.answer}"}
        """
    changes: dict[str, str | bytes | None] = {**FILES, "evals/assistant.yaml": metrics}
    plan = await plan_evaluation(trusting(opened(changes)), Asked("assistant"))
    of_flow, pointwise, pairwise = 2, 1, 2
    assert plan.counts.calls == 3 * (of_flow + pointwise + pairwise)


async def test_a_case_without_its_input_is_not_asked(opened: Opened) -> None:
    lines = '{"id": "z", "inputs": {"other": "x"}, "expected": {"answer": "x"}}\n' + CASES
    plan = await plan_evaluation(
        opened({**FILES, "datasets/handbook.jsonl": lines}), Asked("assistant")
    )
    assert (plan.cases, plan.case_id, plan.counts.calls) == (4, "a", 6)


PRICE = "{input_usd_per_mtok: 3, output_usd_per_mtok: 9}"


def hosted(price: str = "") -> dict[str, str | bytes | None]:
    """The same flow with a model that nobody reaches, for a price or for none."""
    entry = 'provider: openai, model: m, base_url: "http://127.0.0.1:9"'
    priced = f"{entry}, price: {price}" if price else entry
    return {**FILES, "catalog.yaml": f"models:\n  extractive: {{{priced}}}\n"}


async def test_a_plan_is_no_run(opened: Opened) -> None:
    session = opened(FILES)
    await plan_evaluation(session, Asked("assistant"))
    with session.open_store() as store:
        assert store.runs() == []


async def test_nothing_to_run_is_nothing_to_plan(opened: Opened) -> None:
    asked = Asked("assistant", Overrides(filter={"topic": "none"}))
    with pytest.raises(InputError, match=r"no case has the tag .topic."):
        await plan_evaluation(opened(FILES), asked)


async def test_only_a_price_makes_cases_be_looked_at(opened: Opened) -> None:
    asked = [Asked("assistant", Overrides(repeats=2))]
    session = trusting(opened(hosted(PRICE)))
    plan = await plan_evaluation(session, asked[0])
    assert await expected_cost(session, [*asked, *asked]) == 2 * (plan.counts.cost_usd or 0)
    for files in (FILES, hosted()):
        session = trusting(opened(files))
        session.root.joinpath("datasets/handbook.jsonl").unlink()
        assert await expected_cost(session, asked) == 0


async def test_max_tokens_bounds_an_answer_that_nobody_gave_yet(opened: Opened) -> None:
    files = hosted(f"{PRICE}, parameters: {{max_tokens: 7}}")
    counts = (await plan_evaluation(trusting(opened(files)), Asked("assistant"))).counts
    assert (counts.to_make, counts.output_tokens) == (6, 6 * 7)


def test_recorded_calls_tell_how_many_tokens_a_text_has() -> None:
    def asked(tokens: int, usage: Usage | None) -> PlannedRequest:
        answer = Completion(text="x", usage=usage) if usage is not None else None
        return PlannedRequest("m", (), answer, tokens)

    short, long = Usage(input_tokens=12, output_tokens=3), Usage(input_tokens=38, output_tokens=5)
    recorded = [asked(10, short), asked(30, long), asked(1, Usage())]
    counts = count_calls([*recorded, asked(100, None)], 2.0, {})
    assert (counts.calls, counts.recorded, counts.is_assumed) == (8, 6, False)
    assert (counts.input_tokens, counts.output_tokens) == (2 * 125, 2 * 4)
