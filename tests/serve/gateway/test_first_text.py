import asyncio

import pytest

from genaiops.serve.answering import Asked
from genaiops.serve.gateway.first_text import FirstText
from genaiops.serve.gateway.trial import tried
from tests.serve.server import FakeFlow, offer


def test_blank_text_is_held_back_and_comes_with_the_first_that_is_not() -> None:
    said, begun = list[str](), list[bool]()
    hear = FirstText(said.append, lambda: begun.append(True))
    hear(" ")
    hear("\n")
    assert (said, begun, hear.is_heard) == ([], [], False)
    hear("A")
    hear(" ")
    assert (said, begun, hear.is_heard) == ([" \nA", " "], [True], True)


def test_what_comes_too_late_by_a_moment_is_kept_back() -> None:
    said = list[str]()

    def too_late() -> None:
        raise TimeoutError

    hear = FirstText(said.append, too_late)
    with pytest.raises(TimeoutError):
        hear("A")
    assert (said, hear.is_heard) == ([], False)


def asked_of(flow: FakeFlow) -> Asked:
    given = {"question": "Hello"}
    return Asked("run-1", offer(flow), given, given, "caller", None)


@pytest.mark.anyio
async def test_a_candidate_that_began_in_time_may_take_longer() -> None:
    gate, said = asyncio.Semaphore(1), list[str]()
    flow = FakeFlow(gate=gate)
    asyncio.get_running_loop().call_later(0.05, lambda: [gate.release() for _ in range(2)])
    trial = await tried(offer(flow), asked_of(flow), said.append, 0.02)
    assert not trial.failed
    assert "".join(said) == "You said: Hello"


@pytest.mark.anyio
async def test_a_candidate_that_does_not_begin_in_time_is_ended() -> None:
    flow, said = FakeFlow(gate=asyncio.Semaphore(0)), list[str]()
    trial = await tried(offer(flow), asked_of(flow), said.append, 0.01)
    assert (trial.failed, trial.is_heard, said) == (True, False, [])
    assert trial.run.failure is not None
    assert trial.run.failure.kind == "timeout"
    assert flow.ended == ["cancelled"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("flow", "kind"),
    [
        (FakeFlow(pieces=("  ", "\n")), "empty"),
        (FakeFlow(error=RuntimeError("a bug")), "node"),
        (FakeFlow(pieces=("{question}",), says_else=""), "empty"),
    ],
    ids=["blank", "a bug", "nothing"],
)
async def test_whatever_goes_wrong_in_a_candidate_is_a_failure_of_it(
    flow: FakeFlow, kind: str
) -> None:
    trial = await tried(offer(flow), asked_of(flow), None, 1)
    assert trial.failed
    assert trial.run.failure is not None
    assert trial.run.failure.kind == kind


@pytest.mark.anyio
async def test_a_candidate_that_takes_other_inputs_has_failed() -> None:
    flow = FakeFlow()
    asked = Asked("run-1", offer(flow), {"else": 1}, {"question": "bound"}, "caller", None)
    trial = await tried(offer(flow), asked, None, 1)
    assert trial.failed
    assert flow.asked == []
