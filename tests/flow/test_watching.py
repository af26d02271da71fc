"""Who watches a flow sees each call once, as it ends."""

import asyncio

import pytest

from genaiops.errors import CallError
from genaiops.flow.calls import Calls
from genaiops.flow.retrieving import retrieved
from genaiops.flow.watching import Seen, SeenCall, SeenRetrieval, seeing, watching
from genaiops.records import CompletionRequest, Message, Passage
from tests.fakes import FixedIndex, ScriptedModel

pytestmark = pytest.mark.anyio
REQUEST = CompletionRequest(messages=(Message(role="user", content="Hello"),))


async def test_calls_and_retrievals_of_tasks_are_seen_too() -> None:
    seen: list[Seen] = []
    passage = Passage(document="a.md", start=0, end=2, text="Hi")
    with watching(seen.append):
        async with asyncio.TaskGroup() as group:
            group.create_task(Calls(None).make(ScriptedModel(["one"]), REQUEST))
            group.create_task(retrieved(FixedIndex([passage]), "Hello", 3))
        assert await retrieved(FixedIndex([passage]), "Hello", 0) == ()
    await Calls(None).make(ScriptedModel(["two"]), REQUEST)
    call, look = sorted(seen, key=lambda each: type(each).__name__)
    assert isinstance(call, SeenCall)
    assert isinstance(look, SeenRetrieval)
    assert call.completion is not None
    assert call.completion.text == "one"
    assert call.request is REQUEST
    assert 0 < call.began_ns <= call.ended_ns
    assert (look.index, look.k, look.passages) == ("handbook", 3, (passage,))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CallError("rate_limit", "too many"), "rate_limit"),
        (ValueError("a fault"), "node"),
        (asyncio.CancelledError(), "interrupted"),
    ],
)
async def test_what_fails_is_seen_with_its_kind(error: BaseException, kind: str) -> None:
    seen: list[Seen] = []
    with (
        watching(seen.append),
        pytest.raises(type(error)),
        seeing(SeenRetrieval(index="a", query="q", k=1)),
    ):
        raise error
    assert [each.failure for each in seen] == [kind]


async def test_nobody_watches_within_what_is_not_to_be_watched() -> None:
    seen: list[Seen] = []
    with watching(seen.append), watching(None):
        await Calls(None).make(ScriptedModel(["one"]), REQUEST)
    assert seen == []
