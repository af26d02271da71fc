"""Every fault of an endpoint, forty cases each: each case ends in its documented state.

The endpoint is real and on loopback; only waiting takes no time.
"""

import asyncio
import json
from collections import Counter
from functools import partial

import pytest

from genaiops.drills.fault_ends import ENDS
from genaiops.drills.fault_server import FAULTS, FaultServer
from genaiops.errors import ExecutionError
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval, wants_of
from genaiops.records import EvalRun
from genaiops.store import StoredResult
from tests.project.conftest import Opened, opened
from tests.quick_time import QuickLoop

__all__ = ["opened"]
pytestmark = pytest.mark.anyio

EACH = 40
RETRIED = {
    "rate_limit", "rate_limit_date", "rate_limit_bare", "status_500", "status_502", "status_503",
    "status_529", "reset", "silent", "drip", "cut", "error_200",
}  # fmt: skip
"""Faults that may be asked for again."""
FLOW = """\
    inputs: {question: string}
    nodes: {answer: {prompt: answer.md, model: distant, with: {question: "${inputs.question}"}}}
    outputs: {answer: "${answer.text}"}
    """
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [exact_match]
    concurrency: 40
    """
ENTRY = "{provider: openai, model: m, timeouts: {first_byte_s: 5, total_s: 20}, base_url: '%s'}"


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": partial(QuickLoop, patience_s=0.0005)}


def project(opened: Opened, url: str, faults: list[str]) -> Session:
    """So many cases of each fault, one after the other by turns, trusted."""
    asked = [(fault, n) for n in range(EACH) for fault in faults]
    lines = [
        {
            "id": f"{fault}-{n}",
            "inputs": {"question": f"{fault} {n}"},
            "expected": {"answer": f"You said: {fault} {n}"},
        }
        for fault, n in asked
    ]
    session = opened(
        {
            "flows/assistant/flow.yaml": FLOW,
            "flows/assistant/answer.md": "{{ question }}",
            "evals/assistant.yaml": EVAL,
            "datasets/handbook.jsonl": "\n".join(map(json.dumps, lines)),
            "catalog.yaml": f"models:\n  distant: {ENTRY % url}\n",
        }
    )
    used = used_by_eval(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return session


async def evaluated(session: Session) -> tuple[EvalRun, list[StoredResult]]:
    with session.open_store() as store:
        run = await run_evaluation(
            session,
            store,
            Asked("assistant", Overrides()),
            on_note=lambda _: None,
        )
        return run, list(store.results(run.id))


@pytest.mark.slow
async def test_every_fault_has_its_outcome_and_the_counts_add_up(opened: Opened) -> None:
    assert ENDS.keys() == set(FAULTS)
    async with FaultServer() as server:
        run, results = await evaluated(project(opened, server.url, list(FAULTS)))
    ends = {fault: Counter[tuple[str, str | None]]() for fault in FAULTS}
    for stored in results:
        failure = stored.result.failure
        ends[stored.result.case_id.rpartition("-")[0]][
            stored.result.status, failure.kind if failure else None
        ] += 1
    assert ends == {fault: Counter({end: EACH}) for fault, end in ENDS.items()}
    assert run.planned == len(FAULTS) * EACH == run.scored + run.errored + run.skipped
    assert run.skipped == 0
    served = server.faults()
    assert {fault for fault, times in served.items() if times > EACH} <= RETRIED
    assert min(served.values()) == EACH


async def test_an_endpoint_that_is_not_there_ends_the_run_within_seconds(
    opened: Opened,
) -> None:
    async with FaultServer() as server:
        gone = server.url
    with pytest.raises(ExecutionError, match=r"none of 40 cases could be scored.*connection: "):
        await evaluated(project(opened, gone, ["What"]))
    assert asyncio.get_running_loop().time() < 5
