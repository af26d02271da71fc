"""Every fault of an endpoint, forty cases each: each case ends in its documented state.

The endpoint is real and on loopback; only waiting takes no time.
"""

import asyncio
import json
import socket
from collections import Counter
from functools import partial
from typing import Any

import pytest
from typing_extensions import override

from genaiops.drills.fault_ends import ENDS
from genaiops.drills.fault_server import FAULTS, FaultServer
from genaiops.errors import ExecutionError
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_eval, wants_of
from genaiops.project.wiring import Wiring
from genaiops.records import EvalRun
from genaiops.store import StoredResult
from tests.e2e.distant import FLOW
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
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [exact_match]
    concurrency: 40
    """
ENTRY = "{provider: openai, model: m, timeouts: {first_byte_s: 5, total_s: 20}, base_url: '%s'}"


class Nameless(QuickLoop):
    """A loop in which no name of a host is found, and nobody is asked for one."""

    @override
    async def getaddrinfo(self, host: Any, *_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, f"no name such as {host}")


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": partial(Nameless, patience_s=0.0005)}


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


async def test_a_host_without_an_address_ends_the_run_within_seconds(opened: Opened) -> None:
    began_s = asyncio.get_running_loop().time()
    with pytest.raises(
        ExecutionError, match=r"connection: .* at gone\.invalid: the host is not fo"
    ):
        await evaluated(project(opened, "http://gone.invalid/v1", ["What"]))
    assert asyncio.get_running_loop().time() - began_s < 5


@pytest.mark.parametrize(
    ("fault", "kind", "heard", "calls"),
    [
        ("answer", None, "You said: answer", 1),
        ("stream_without_done", None, "All that there is", 1),
        ("stream_cut_early", "truncated", "", 6),
        ("stream_cut_late", "truncated", "Said", 1),
        ("stream_without_end", "truncated", "Said in", 1),
        ("status_503", "server", "", 6),
        ("auth", "auth", "", 1),
    ],
)
async def test_an_answer_in_pieces_is_whole_or_says_that_it_is_not(
    opened: Opened, fault: str, kind: str | None, heard: str, calls: int
) -> None:
    pieces = list[str]()
    async with FaultServer() as server:
        async with Wiring(project(opened, server.url, []), None) as wiring:
            flow = await wiring.flow("assistant")
            run = await flow.run({"question": fault}, on_text=pieces.append)
        assert server.faults() == {fault: calls}
    assert (run.failure.kind if run.failure else None) == kind
    assert "".join(pieces) == heard
    assert run.outputs == (None if kind else {"answer": heard})
