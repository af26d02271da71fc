import json
from collections.abc import Iterator

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.budget import Budget
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.overrides import Overrides
from genaiops.project.planning import plan_evaluation
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval, wants_of
from genaiops.records import EvalRun
from tests.endpoint import FakeEndpoint, serving
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

CASES = 20
EXPECTED = {"expected": {"answer": "x"}}
CALL_USD = 6.0
"""`Question 3 …` is three words and the answer five, at a dollar a word for answers and a third
for questions."""
PRICE = "{input_usd_per_mtok: 333333.333333, output_usd_per_mtok: 1000000}"
FLOW = """\
    inputs: {question: string}
    nodes:
      first:
        prompt: answer.md
        model: paid
        with: {question: "${inputs.question}"}
        on_error: {use: "stood in"}
    outputs: {answer: "${first.text}"}
    """


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def paid(opened: Opened, endpoint: FakeEndpoint) -> Session:
    """Twenty cases for a model with a price on loopback, trusted."""
    lines = [
        {"id": f"c{place}", "inputs": {"question": f"Question {place} please"}, **EXPECTED}
        for place in range(CASES)
    ]
    entry = f'{{provider: openai, model: m, base_url: "{endpoint.url()}", price: {PRICE}, '
    session = opened(
        {
            "flows/assistant/flow.yaml": FLOW,
            "flows/assistant/answer.md": "{{ question }}",
            "datasets/handbook.jsonl": "\n".join(map(json.dumps, lines)),
            "catalog.yaml": f"models:\n  paid: {entry} parameters: {{max_tokens: 5}}}}\n",
        }
    )
    used = used_by_eval(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return session


async def run(session: Session, budget: Budget | None, **overrides: int) -> EvalRun:
    asked = Asked("assistant", Overrides(concurrency=4, **overrides), budget=budget)
    with session.open_store() as store:
        return await run_evaluation(session, store, asked, on_note=lambda _: None)


async def test_a_run_stops_at_the_cap_keeps_what_it_paid_and_goes_on_with_more(
    paid: Session, endpoint: FakeEndpoint
) -> None:
    before = len(endpoint.asked)
    budget = Budget(cap_usd=8 * CALL_USD + 1)
    with pytest.raises(ExecutionError, match=r"^budget: --max-cost \$49.00 is reached") as told:
        await run(paid, budget)
    assert "8 of 20 cases are kept in run assistant-1, 12 cases to go" in str(told.value)
    # the same command would not do with --no-cache, which pays for every call again
    assert "genaiops eval --resume assistant-1 with a higher --max-cost" in str(told.value)
    assert len(endpoint.asked) - before == 8
    assert budget.spent_usd == pytest.approx(8 * CALL_USD, abs=0.01)
    with paid.read_store() as store:
        stored = store.run("assistant-1")
        results = list(store.results("assistant-1"))
    assert (stored.state, stored.run.scored, len(results)) == ("interrupted", 8, 8)
    assert all((s.result.outputs or {})["answer"] != "stood in" for s in results)
    whole = await run(paid, Budget(cap_usd=13 * CALL_USD))
    assert (whole.scored, whole.made_calls, whole.reused_calls) == (CASES, 12, 8)
    assert whole.usage.cost_usd == pytest.approx(CASES * CALL_USD, abs=0.01)


async def test_what_a_run_has_done_is_not_to_be_paid_when_it_goes_on(paid: Session) -> None:
    with pytest.raises(ExecutionError):
        await run(paid, Budget(cap_usd=8 * CALL_USD + 1))
    with paid.read_store() as store:
        left = store.run("assistant-1")
        done = sum(1 for _ in store.places(left.run.id))
    for reuse in (True, False):
        asked = Asked("assistant", Overrides(), reuse=reuse, unfinished=left)
        assert (await plan_evaluation(paid, asked)).counts.to_make == 20 - done
    await run(paid, None)
    with paid.read_store() as store:
        whole = Asked("assistant", Overrides(), reuse=False, unfinished=store.run("assistant-2"))
    assert (await plan_evaluation(paid, whole)).counts.to_make == 0


async def test_recorded_calls_go_on_at_a_cap_of_zero(paid: Session, endpoint: FakeEndpoint) -> None:
    await run(paid, None, limit=3)
    before = len(endpoint.asked)
    assert (await run(paid, Budget(cap_usd=0), limit=3)).scored == 3
    with pytest.raises(ExecutionError, match=r"3 of 20 cases are kept"):
        await run(paid, Budget(cap_usd=0))
    assert len(endpoint.asked) == before


async def test_a_price_that_is_not_known_holds_no_cap(opened: Opened) -> None:
    entry = '{provider: openai, model: m, base_url: "http://127.0.0.1:9"}'
    session = opened({"catalog.yaml": f"models:\n  extractive: {entry}\n"})
    used = used_by_eval(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    with pytest.raises(InputError, match=r"model 'extractive' has no price, so --max-cost"):
        await run(session, Budget(cap_usd=5))


async def test_what_runs_here_needs_no_price(opened: Opened) -> None:
    assert (await run(opened(), Budget(cap_usd=0))).scored == 1
