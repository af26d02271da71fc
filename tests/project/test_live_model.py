import asyncio

import pytest

from genaiops.flow.calls import Calls
from genaiops.project.live_model import LiveModel
from genaiops.protocols import FREELY, Allowance
from genaiops.records import CompletionRequest, Message
from tests.fakes import ScriptedModel

REMOTE = Allowance(is_remote=True)


def ask(number: int) -> CompletionRequest:
    return CompletionRequest(messages=(Message(role="user", content=str(number)),))


@pytest.mark.anyio
@pytest.mark.parametrize(("at_first", "most"), [(None, 4), (20, 20)])
async def test_users_do_not_wait_for_it_to_be_found_out_what_a_model_bears(
    at_first: int | None, most: int
) -> None:
    model = ScriptedModel(lambda _: "Yes", allowance=REMOTE)
    asked = model if at_first is None else LiveModel(model, at_first)
    calls = Calls(None)
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(calls.make(asked, ask(number)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert model.most_at_once == most


def test_a_live_model_is_told_from_no_other_and_keeps_the_limits_of_its_entry() -> None:
    limited = Allowance(concurrency=3, requests_per_minute=60, is_remote=True)
    model = ScriptedModel(allowance=limited)
    live = LiveModel(model, 20)
    assert (live.name, live.identity) == (model.name, model.identity)
    assert live.allowance is live.allowance
    assert (live.allowance.concurrency, live.allowance.requests_per_minute) == (3, 60)
    assert live.allowance.attempts == 2
    assert LiveModel(ScriptedModel(), 20).allowance is FREELY
