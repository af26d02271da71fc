import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from genaiops.errors import CallError, ExecutionError, InputError, StoreError
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.runner import Runner
from genaiops.models.batches import MOST_BYTES, MOST_REQUESTS
from genaiops.project.batch_desk import Waiting, parts_of
from genaiops.project.batching import MOST_ROUNDS, Batched, answer_by_batches
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval, wants_of
from genaiops.project.wiring import Wiring
from genaiops.records import EvalRun, Parameters
from genaiops.store import StoredResult
from tests.batch_endpoint import BatchEndpoint, serving_batches
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

PRICE = "{input_usd_per_mtok: 0, output_usd_per_mtok: 1000000}"
FLOW = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: hosted, with: {question: "${inputs.question}"}}
      side: {prompt: answer.md, model: hosted, with: {question: "side ${inputs.question}"}}
      second:
        prompt: answer.md
        model: hosted
        with: {question: "${first.text} and ${side.text}"}
        on_error: {use: "stood in"}
    outputs: {answer: "${second.text}"}
    """
SINGLE = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: hosted, with: {question: "${inputs.question}"}}
    outputs: {answer: "${first.text}"}
    """
SAID = "You said:"
QUESTIONS = ("one", "two", "three")


@pytest.fixture
def batch_endpoint() -> Iterator[BatchEndpoint]:
    with serving_batches() as running:
        yield running


@dataclass
class Shop:
    """A project whose cases ask a model that takes batches."""

    session: Session
    notes: list[str] = field(default_factory=list[str])
    naps: list[float] = field(default_factory=list[float])

    async def batched(
        self, budget: Budget | None = None, runs: Sequence[Overrides] = (Overrides(),)
    ) -> Batched:
        async def nap(seconds: float) -> None:
            self.naps.append(seconds)
            await asyncio.sleep(0)

        with self.session.open_store() as store:
            return await answer_by_batches(
                self.session,
                store,
                "assistant",
                list(runs),
                budget=budget,
                waiting=Waiting(self.notes.append, nap, grace_s=0.02),
            )

    async def evaluated(
        self, batched: Batched, budget: Budget | None = None
    ) -> tuple[EvalRun, list[StoredResult]]:
        with self.session.open_store() as store:
            ledger = CountingLedger(store, reuse=True)
            async with Wiring(self.session, ledger, wrap=batched.wrap) as wiring:
                evaluation = await wiring.evaluation("assistant", Overrides())
                planned = evaluation.planned_run(started_at="", git_commit=None)
                runner = Runner(evaluation, store, ledger, lambda _: None, budget=budget)
                run = await runner.run(planned)
            return run, list(store.results(run.id))


def shop_of(
    opened: Opened, endpoint: BatchEndpoint, flow: str, *questions: str, price: str = PRICE
) -> Shop:
    cases = [
        {"id": f"c{place}", "inputs": {"question": question}, "expected": {"answer": "x"}}
        for place, question in enumerate(questions or QUESTIONS)
    ]
    entry = f'provider: openai, model: m, base_url: "{endpoint.url}", price: {price}'
    session = opened(
        {
            "flows/assistant/flow.yaml": flow,
            "flows/assistant/answer.md": "{{ question }}",
            "datasets/handbook.jsonl": "\n".join(map(json.dumps, cases)),
            "catalog.yaml": f"models:\n  hosted: {{{entry}, parameters: {{max_tokens: 10}}}}\n",
        }
    )
    used = used_by_eval(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return Shop(session)


async def test_a_flow_of_two_steps_takes_two_batches_and_then_everything_is_recorded(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, FLOW)
    run, results = await shop.evaluated(await shop.batched())
    assert (run.scored, run.made_calls, run.reused_calls) == (3, 0, 9)
    assert (results[0].result.outputs or {})["answer"] == (
        "You said: You said: one and You said: side one"
    )
    assert [len(batch_endpoint.batches), batch_endpoint.asked_at_once] == [2, []]
    asked = batch_endpoint.asked
    assert sorted(asked[:6]) == sorted([*QUESTIONS, *(f"side {q}" for q in QUESTIONS)])
    assert len(asked) == len(set(asked)) == 9
    assert results[0].result.latency_s is None
    assert run.usage.cost_usd == pytest.approx(sum(len(a.split()) + 2 for a in asked) / 2)
    assert await shop.batched()
    assert batch_endpoint.uploads == 2, "all is recorded: nothing is asked again"
    assert list((shop.session.root / ".genaiops/batches").iterdir()) == []


async def test_a_batch_is_told_with_its_progress_and_polled_less_and_less_often(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    await shop.batched()
    assert [note.partition(": ")[2].partition(";")[0] for note in shop.notes] == [
        "3 requests at half the price, within a day",
        "in_progress, 0% of 3",
        "finalizing",
        "completed, 3 of 3 answered",
    ]
    assert shop.naps == sorted(shop.naps)


async def test_what_a_batch_does_not_answer_fails_with_its_reason_and_is_not_made(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE, "refuse it", "expire it", "lose it", "good one")
    run, results = await shop.evaluated(await shop.batched())
    failures = [s.result.failure for s in results]
    assert [failure and failure.kind for failure in failures] == [
        "content_filter", "server", "server", None,
    ]  # fmt: skip
    lost = failures[2]
    assert lost is not None
    assert lost.message.endswith("in batch batch_1 (completed): no answer; try again")
    assert (run.scored, run.errored, batch_endpoint.asked_at_once) == (2, 2, [])


async def test_a_failure_leads_on_to_what_stands_in_for_it(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    flow = SINGLE.replace("nodes:\n", "nodes:\n      zero: {prompt: answer.md, model: hosted, on_error: {use: better}, with: {question: refuse}}\n").replace('"${inputs.question}"', '"${zero.text} ${inputs.question}"')  # fmt: skip # noqa: E501  one flow
    shop = shop_of(opened, batch_endpoint, flow, "x")
    run, _ = await shop.evaluated(await shop.batched())
    assert (run.scored, batch_endpoint.asked) == (1, ["refuse", "better x"])


async def test_nothing_is_asked_that_follows_from_a_node_that_gave_up_waiting(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    impatient = "first: {timeout_s: 0.001, on_error: {use: stood in}, prompt"
    flow = FLOW.replace("first: {prompt", impatient)
    shop = shop_of(opened, batch_endpoint, flow, "one")
    await shop.batched()
    assert set(batch_endpoint.asked) == {"one", "side one", f"{SAID} one and {SAID} side one"}


@pytest.mark.parametrize("route", ["upload", "begin", "content"])
async def test_no_crash_pays_twice(
    opened: Opened, batch_endpoint: BatchEndpoint, route: str
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    batch_endpoint.breaks = {route: 1}
    with pytest.raises(CallError, match="status 500: broken"):
        await shop.batched()
    batch_endpoint.breaks = {}
    uploads = batch_endpoint.uploads
    run, _ = await shop.evaluated(await shop.batched())
    assert (run.scored, len(batch_endpoint.batches)) == (3, 1)
    assert batch_endpoint.uploads - uploads == (route == "upload")


async def test_a_batch_that_was_left_is_taken_up_with_what_came_since(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    batch_endpoint.held = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await shop.batched()
    batch_endpoint.held = False
    data = shop.session.root / "datasets/handbook.jsonl"
    more = {"id": "new", "inputs": {"question": "four"}, "expected": {"answer": "x"}}
    data.write_text(f"{data.read_text('utf-8')}\n{json.dumps(more)}", "utf-8")
    run, _ = await shop.evaluated(await shop.batched())
    assert (run.scored, len(batch_endpoint.batches)) == (4, 2)
    assert sorted(batch_endpoint.asked) == sorted([*QUESTIONS, "four"])
    assert any(note.endswith("was begun before: taken up") for note in shop.notes)


async def test_a_batch_that_is_refused_as_a_whole_ends_it_and_is_forgotten(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    batch_endpoint.refusal = "Enqueued token limit reached"
    with pytest.raises(ExecutionError, match="was refused as a whole: Enqueued token limit"):
        await shop.batched()
    batch_endpoint.refusal = None
    assert (await shop.evaluated(await shop.batched()))[0].scored == 3


async def test_a_batch_that_the_endpoint_does_not_know_is_told_forgotten_and_sent_anew(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    batch_endpoint.held = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await shop.batched()
    batch_endpoint.held = False
    batch_endpoint.batches.clear()
    with pytest.raises(CallError, match="status 404: No such batch"):
        await shop.batched()
    assert (await shop.evaluated(await shop.batched()))[0].scored == 3


def test_more_than_a_batch_takes_goes_into_several() -> None:
    lines = {str(place): b"x" for place in range(MOST_REQUESTS + 1)}
    assert [len(part) for part in parts_of(lines)] == [MOST_REQUESTS, 1]
    half = b"x" * (MOST_BYTES // 2)
    large = {"a": half, "b": half, "c": half}
    assert [list(part) for part in parts_of(large)] == [["a", "b"], ["c"]]
    assert list(parts_of({})) == []


async def test_polls_that_fail_for_a_while_do_not_end_it(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    batch_endpoint.breaks = {"poll": 1}
    assert not (await shop.batched()).failures


async def test_what_the_money_does_not_reach_waits_and_goes_on_with_more(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    budget = Budget(cap_usd=6)  # an answer has 10 tokens at most, at half a dollar each
    run, results = await shop.evaluated(await shop.batched(budget), budget)
    assert (run.scored, len(results), len(batch_endpoint.asked)) == (1, 1, 1)
    assert budget.spent_usd == 3 / 2
    more = Budget(cap_usd=11)
    run, _ = await shop.evaluated(await shop.batched(more), more)
    assert (run.scored, sorted(batch_endpoint.asked)) == (3, sorted(QUESTIONS))


async def test_several_runs_share_a_batch_and_one_that_cannot_run_stays_out(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    warm = FlowOverrides(parameters=Parameters(temperature=0.5))
    broken = Overrides(FlowOverrides(variant="none"))
    runs = [broken, Overrides(), Overrides(warm, limit=2)]
    await shop.batched(runs=runs)
    assert (len(batch_endpoint.batches), len(batch_endpoint.asked)) == (1, 5)
    with pytest.raises(InputError, match="variant 'none'"):
        await shop.batched(runs=[broken])


async def test_without_a_model_that_takes_batches_there_is_nothing_to_do(opened: Opened) -> None:
    with pytest.raises(InputError, match="--batch is for models of provider openai"):
        await Shop(opened()).batched()


async def test_rounds_end_where_every_round_asks_for_something_new(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    steps = [f"n{place}" for place in range(MOST_ROUNDS + 1)]
    before = ["inputs.question", *(f"{step}.text" for step in steps)]
    nodes = "".join(
        f'      {step}: {{prompt: answer.md, model: hosted, with: {{question: "${{{ref}}}"}}}}\n'
        for step, ref in zip(steps, before, strict=False)
    )
    flow = f'    inputs: {{question: string}}\n    nodes:\n{nodes}    outputs: {{answer: "${{{steps[-1]}.text}}"}}\n'  # noqa: E501  one flow
    shop = shop_of(opened, batch_endpoint, flow, "x")
    _, results = await shop.evaluated(await shop.batched())
    failure = results[0].result.failure
    assert failure is not None
    assert (failure.kind, len(batch_endpoint.batches)) == ("interrupted", MOST_ROUNDS)
    assert "--batch goes 8 rounds at most" in failure.message


async def test_a_damaged_note_of_a_batch_is_told_and_not_passed_over(
    opened: Opened, batch_endpoint: BatchEndpoint
) -> None:
    shop = shop_of(opened, batch_endpoint, SINGLE)
    folder = shop.session.root / ".genaiops/batches"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match=r"x.json: is damaged: it named a batch that was begun"):
        await shop.batched()
