import asyncio

import pytest

from genaiops.errors import CallError
from genaiops.flow.calls import Calls, call_key
from genaiops.protocols import Allowance
from genaiops.records import Completion, CompletionRequest, Message, Parameters
from tests.fakes import MemoryLedger, ScriptedModel
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio
HELLO = CompletionRequest(messages=(Message(role="user", content="Hello"),))


def asking(text: str, **fields: object) -> CompletionRequest:
    return HELLO.model_copy(update={"messages": (Message(role="user", content=text),), **fields})


def test_the_key_follows_what_decides_the_answer_and_nothing_else() -> None:
    model = ScriptedModel()
    same = [HELLO, asking("Hello", case_id="c1", question="q")]
    other = [
        asking("Bye"),
        asking("Hello", repeat=1),
        asking("Hello", parameters=Parameters(seed=1)),
        asking("Hello", response_schema={}),
    ]
    assert len({call_key(model, request) for request in same}) == 1
    assert len({call_key(model, request) for request in (HELLO, *other)}) == 5
    assert call_key(model, HELLO) != call_key(ScriptedModel(name="other"), HELLO)


async def test_a_recorded_call_is_not_made_again_and_keeps_its_latency() -> None:
    ledger = MemoryLedger()
    first = await Calls(ledger).make(ScriptedModel([Completion(text="Hi", latency_s=7)]), HELLO)
    model, pieces = ScriptedModel(), list[str]()
    again = await Calls(ledger).make(model, HELLO, pieces.append)
    assert again == first
    assert again.completion.latency_s == 7
    assert pieces == ["Hi"]
    assert model.requests == []


async def test_a_call_that_is_under_way_is_not_made_twice() -> None:
    model = ScriptedModel(lambda request: request.messages[0].content.upper())
    calls = Calls(MemoryLedger())
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(calls.make(model, asking("ab"[n % 2]))) for n in range(10)]
    assert [task.result().completion.text for task in tasks] == ["A", "B"] * 5
    assert len(model.requests) == 2


async def test_a_failed_call_is_not_recorded_and_the_next_one_is_made() -> None:
    ledger = MemoryLedger()
    calls = Calls(ledger)
    model = ScriptedModel([CallError("server", "down"), "up"])
    with pytest.raises(CallError, match="down"):
        await calls.make(model, HELLO)
    assert ledger.calls == {}
    assert (await calls.make(model, HELLO)).completion.text == "up"


async def test_a_model_has_no_more_calls_at_once_than_it_takes() -> None:
    model = ScriptedModel(lambda _: "ok", allowance=Allowance(concurrency=3))
    free = ScriptedModel(lambda _: "ok", name="free")
    calls = Calls(None)
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(calls.make(model, asking(str(number))))
            group.create_task(calls.make(free, asking(str(number))))
    assert model.most_at_once == 3
    assert free.most_at_once == 20


async def test_without_a_ledger_every_call_is_made() -> None:
    model = ScriptedModel(["a", "b"])
    calls = Calls(None)
    assert [(await calls.make(model, HELLO)).completion.text for _ in range(2)] == ["a", "b"]


async def test_a_call_that_another_process_makes_is_waited_for_and_not_made() -> None:
    ledger, model = MemoryLedger(), ScriptedModel()
    key = call_key(model, HELLO)
    assert ledger.claim(key)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(Calls(ledger).make(model, HELLO))
        await asyncio.sleep(0)
        ledger.keep(key, "m", Completion(text="theirs"))
        ledger.release(key)
    assert asked.result().completion.text == "theirs"
    assert (model.requests, ledger.claims) == ([], set())


async def test_an_answer_is_taken_once_it_is_recorded_whoever_still_holds_its_call() -> None:
    ledger, model = MemoryLedger(), ScriptedModel()
    key = call_key(model, HELLO)
    assert ledger.claim(key)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(Calls(ledger).make(model, HELLO))
        await asyncio.sleep(0)
        ledger.keep(key, "m", Completion(text="theirs"))
    assert asked.result().completion.text == "theirs"
    assert (model.requests, ledger.claims) == ([], {key})


async def test_a_call_that_another_process_gives_up_is_made_here() -> None:
    ledger, model = MemoryLedger(), ScriptedModel(["ours"])
    assert ledger.claim(call_key(model, HELLO))
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(Calls(ledger).make(model, HELLO))
        await asyncio.sleep(0)
        ledger.release(call_key(model, HELLO))
    assert asked.result().completion.text == "ours"


def test_a_process_that_never_ends_its_call_is_not_waited_for_for_ever() -> None:
    ledger, model = MemoryLedger(), ScriptedModel(["ours"])
    key = call_key(model, HELLO)
    assert ledger.claim(key)
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        asked = runner.run(Calls(ledger).make(model, HELLO))
    assert (asked.completion.text, ledger.claims) == ("ours", {key})


async def test_a_failed_call_is_let_go() -> None:
    ledger, model = MemoryLedger(), ScriptedModel([CallError("server", "down")])
    with pytest.raises(CallError):
        await Calls(ledger).make(model, HELLO)
    assert ledger.claims == set()
