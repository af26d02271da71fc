"""Calls within limits and through outages, in a loop whose clock jumps to the next timer."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from genaiops.errors import CallError, FailureKind
from genaiops.flow.calls import Calls
from genaiops.flow.hold import Hold
from genaiops.protocols import Allowance, OnText
from genaiops.records import Completion, CompletionRequest, Message, Parameters, Usage
from tests.flow.loading import resources, written
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio
REMOTE = Allowance(is_remote=True)
Fault = tuple[FailureKind, float | None]


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


class Distant:
    """An endpoint that takes a while, and fails as it is told at this time and for this call."""

    name = "distant"
    identity = "distant"
    decided_by = frozenset({"messages"})

    def __init__(
        self,
        fault: Callable[[float, int], Fault | None] = lambda _now_s, _number: None,
        *,
        allowance: Allowance = REMOTE,
        latency_s: float = 0.05,
    ) -> None:
        self.allowance = allowance
        self.times_s: list[float] = []
        self.most_at_once = 0
        self._at_once = 0
        self._fault = fault
        self._latency_s = latency_s

    async def complete(
        self,
        request: CompletionRequest,  # noqa: ARG002  the protocol has it
        on_text: OnText | None = None,
    ) -> Completion:
        now_s = asyncio.get_running_loop().time()
        fault = self._fault(now_s, len(self.times_s))
        self.times_s.append(now_s)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self._latency_s)
        finally:
            self._at_once -= 1
        if on_text is not None:
            on_text("a piece")
        if fault is not None:
            raise CallError(fault[0], f"it says {fault[0]}", retry_after_s=fault[1])
        return Completion(text="ok", usage=Usage(input_tokens=20, output_tokens=20))

    async def aclose(self) -> None: ...


def asking(case: str, **parameters: int) -> CompletionRequest:
    messages = (Message(role="user", content=case),)
    return CompletionRequest(messages=messages, case_id=case, parameters=Parameters(**parameters))


async def ask_all(model: Distant, cases: int, workers: int = 64) -> list[str]:
    """Ask for each case, by so many workers; the kind of each final failure."""
    calls, failures, waiting = Calls(None), list[str](), iter(range(cases))

    async def work() -> None:
        for case in waiting:
            try:
                await calls.make(model, asking(str(case)))
            except CallError as error:
                failures.append(error.kind if error.is_final else "not final")

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    return failures


async def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_without_trouble_the_window_opens_so_fast_that_little_is_lost() -> None:
    model, began_s = Distant(), await now_s()
    assert await ask_all(model, 2_000) == []
    assert model.most_at_once == 64
    assert await now_s() - began_s <= 1.15 * 2_000 * 0.05 / 64


async def test_an_outage_of_ten_seconds_costs_few_calls_and_no_case() -> None:
    began_s = await now_s()
    model = Distant(lambda at_s, _: ("server", None) if at_s < began_s + 10 else None)
    assert await ask_all(model, 500, workers=16) == []
    assert len(model.times_s) <= 1.1 * 500
    assert 10 < await now_s() - began_s < 30
    early = [at_s - began_s for at_s in model.times_s if at_s < began_s + 10]
    assert len(early) < 16


async def test_an_outage_in_the_middle_costs_no_case() -> None:
    began_s = await now_s()
    model = Distant(lambda at_s, _: ("server", None) if 1 < at_s - began_s < 11 else None)
    assert await ask_all(model, 3_000) == []
    assert len(model.times_s) <= 1.1 * 3_000


async def test_an_endpoint_that_stays_down_ends_the_run_soon_with_few_retries() -> None:
    model, began_s = Distant(lambda _at_s, _number: ("server", None)), await now_s()
    assert await ask_all(model, 500) == ["server"] * 500
    assert len(model.times_s) <= 1.1 * 500 + 64
    assert await now_s() - began_s < 120


async def test_an_endpoint_that_never_answers_takes_as_long_as_its_timeouts_side_by_side() -> None:
    model, began_s = Distant(lambda _at_s, _number: ("timeout", None), latency_s=60), await now_s()
    assert await ask_all(model, 640) == ["timeout"] * 640
    assert await now_s() - began_s < 60 * (640 * 1.2 / 64 + 6)


async def test_an_address_where_nothing_ever_answered_is_given_up_at_once() -> None:
    model, began_s = Distant(lambda _at_s, _number: ("connection", None)), await now_s()
    assert await ask_all(model, 100) == ["connection"] * 100
    assert await now_s() - began_s < 5


async def test_an_endpoint_that_allows_sixty_a_minute_is_obeyed_without_losing_a_case() -> None:
    began_s, passed = await now_s(), 0

    def limited(at_s: float, _: int) -> Fault | None:
        nonlocal passed
        if passed < 5 + (at_s - began_s):  # a token bucket of its own
            passed += 1
            return None
        return "rate_limit", 5.0

    model = Distant(limited)
    assert await ask_all(model, 200) == []
    assert await now_s() - began_s < 300


async def test_a_wait_that_was_asked_for_is_waited() -> None:
    model = Distant(lambda _, number: ("rate_limit", 7.0) if number == 0 else None)
    assert await ask_all(model, 1) == []
    first_s, second_s = model.times_s
    assert 7 <= second_s - first_s <= 7.6


async def test_an_endpoint_that_says_at_once_each_time_is_no_way_around_the_budget() -> None:
    model = Distant(lambda _at_s, _number: ("rate_limit", 0.0))
    assert await ask_all(model, 200, workers=16) == ["rate_limit"] * 200
    assert len(model.times_s) <= 1.1 * 200 + 16


async def test_a_wait_of_years_is_an_error_that_says_so_at_once() -> None:
    model = Distant(lambda _at_s, _number: ("rate_limit", 999_999_999.0))
    began_s = await now_s()
    with pytest.raises(CallError, match=r"asks for 999999999 s, and 300 s are waited at most"):
        await Calls(None).make(model, asking("a"))
    assert len(model.times_s) == 1
    assert await now_s() - began_s < 1


@pytest.mark.parametrize("kind", ["auth", "malformed", "context_window", "content_filter"])
async def test_what_would_fail_again_is_asked_once(kind: FailureKind) -> None:
    model = Distant(lambda _at_s, _number: (kind, None))
    assert await ask_all(model, 10) == [kind] * 10
    assert len(model.times_s) == 10


async def test_a_local_model_has_its_own_concurrency_and_no_second_attempt() -> None:
    local = Allowance(concurrency=3)
    model = Distant(lambda _, n: ("server", None) if n == 0 else None, allowance=local)
    assert await ask_all(model, 20) == ["server"]
    assert model.most_at_once == 3


async def test_the_ceiling_of_the_entry_holds() -> None:
    model = Distant(allowance=Allowance(concurrency=10, is_remote=True))
    await ask_all(model, 200)
    assert model.most_at_once == 10


async def test_requests_a_minute_are_kept() -> None:
    model = Distant(allowance=Allowance(requests_per_minute=120, is_remote=True))
    await ask_all(model, 300)
    for place, at_s in enumerate(model.times_s[120:]):
        assert at_s - model.times_s[place] >= 60 - 1e-6


async def test_tokens_a_minute_are_kept_by_what_calls_really_took() -> None:
    model = Distant(allowance=Allowance(tokens_per_minute=4_000, is_remote=True))
    began_s = await now_s()
    await ask_all(model, 300)  # 40 tokens each, of which few are foreseen
    assert await now_s() - began_s >= (300 * 40 - 400 - 64 * 40) / 4_000 * 60


async def test_a_limit_that_the_endpoint_tells_later_is_kept_from_then_on() -> None:
    model, calls = Distant(), Calls(None)
    await calls.make(model, asking("a"))
    model.allowance = Allowance(requests_per_minute=1, is_remote=True)
    for case in "bc":
        await calls.make(model, asking(case))
    assert model.times_s[2] - model.times_s[1] >= 60


async def test_congestion_lowers_how_many_are_under_way() -> None:
    at_once = list[int]()

    def crowded(_at_s: float, _number: int) -> Fault | None:
        at_once.append(model._at_once)
        return ("rate_limit", 0.1) if model._at_once >= 20 else None

    model = Distant(crowded)
    assert await ask_all(model, 2_000) == []
    assert max(at_once[1_000:]) <= 32


async def test_what_was_heard_in_part_is_not_said_again() -> None:
    model, pieces = Distant(lambda _at_s, _number: ("truncated", None)), list[str]()
    with pytest.raises(CallError):
        await Calls(None).make(model, asking("a"), pieces.append)
    assert pieces == ["a piece"]


@pytest.mark.parametrize("limit", ["timeout_s: 1", "timeout_s: 1, retries: 2"])
async def test_time_that_a_limit_makes_a_call_wait_does_not_end_its_node(
    tmp_path: Path, limit: str
) -> None:
    model = Distant(allowance=Allowance(requests_per_minute=2, is_remote=True))
    text = f"""
        inputs: {{q: string}}
        nodes: {{a: {{prompt: p.md, model: m, {limit}, with: {{q: "${{inputs.q}}"}}}}}}
        outputs: {{answer: "${{a.text}}"}}
    """
    flow = written(tmp_path, text, {"p.md": "{{ q }}"}, resources({"m": model}))  # type: ignore[dict-item]  keeps the protocol
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(flow.run({"q": str(n)})) for n in range(5)]
    assert [task.result().outputs for task in tasks] == [{"answer": "ok"}] * 5


async def test_a_call_that_is_slow_itself_still_ends_its_node(tmp_path: Path) -> None:
    model = Distant(lambda _, n: ("server", 9.0) if n == 0 else None, latency_s=0.6)
    text = """
        nodes: {a: {prompt: p.md, model: m, timeout_s: 1}}
        outputs: {answer: "${a.text}"}
    """
    flow = written(tmp_path, text, {"p.md": "hi"}, resources({"m": model}))  # type: ignore[dict-item]  keeps the protocol
    run = await flow.run({})
    assert run.failure is not None
    assert run.failure.kind == "timeout"
    assert len(model.times_s) == 2


async def test_retries_of_a_python_node_do_not_multiply_those_of_its_calls(tmp_path: Path) -> None:
    source = "async def f(run):\n    return (await run.complete('x', model='m')).text\n"
    model = Distant(lambda _at_s, _number: ("timeout", None))
    text = 'nodes: {a: {python: "n.py:f", retries: 5}}\noutputs: {answer: "${a.output}"}'
    flow = written(tmp_path, text, {"n.py": source}, resources({"m": model}))  # type: ignore[dict-item]  keeps the protocol
    run = await flow.run({})
    assert run.failure is not None
    assert len(model.times_s) == 2


async def test_a_cancelled_call_gives_its_place_to_the_next() -> None:
    one = Allowance(concurrency=1)
    model, calls = Distant(allowance=one, latency_s=10), Calls(None)
    make = partial(calls.make, model)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(make(asking("a")))
        second = group.create_task(make(asking("b")))
        third = group.create_task(make(asking("c")))
        await asyncio.sleep(1)
        second.cancel()
        first.cancel()
    assert third.result().completion.text == "ok"


async def test_an_answer_tells_why_its_call_was_made_again() -> None:
    kinds: list[FailureKind] = ["rate_limit", "server"]
    model = Distant(lambda _, number: (kinds[number], None) if number < 2 else None)
    made = await Calls(None).make(model, asking("a"))
    assert made.completion.made_again == ("rate_limit", "server")


async def test_a_failure_tells_how_often_it_was_tried() -> None:
    model = Distant(lambda _at_s, _number: ("timeout", None))
    with pytest.raises(CallError, match=r"it says timeout \(tried 2 times\)") as told:
        await Calls(None).make(model, asking("a"))
    assert told.value.made_again == ("timeout",)


async def test_further_calls_of_a_failed_case_stand_in_its_record(tmp_path: Path) -> None:
    model = Distant(lambda _at_s, _number: ("timeout", None))
    text = "nodes: {a: {prompt: p.md, model: m}}\noutputs: {answer: '${a.text}'}"
    flow = written(tmp_path, text, {"p.md": "hi"}, resources({"m": model}))  # type: ignore[dict-item]  keeps the protocol
    run = await flow.run({})
    assert run.nodes[0].made_again == ("timeout",)


async def waits_s(seed: int, case: str, text: str) -> list[float]:
    """The waits before the second and third attempt at a call."""
    model, told = Distant(lambda _, number: ("server", None) if number < 2 else None), list[Hold]()
    request = asking(case).model_copy(update={"messages": (Message(role="user", content=text),)})
    await Calls(None, seed=seed, on_hold=told.append).make(model, request)
    return [hold.wait_s for hold in told]


async def test_waits_are_drawn_for_each_call_and_are_the_same_again() -> None:
    first = await waits_s(1, "a", "x")
    assert await waits_s(1, "a", "x") == first
    others = [await waits_s(2, "a", "x"), await waits_s(1, "b", "x"), await waits_s(1, "a", "y")]
    assert first not in others
    assert len({wait_s for waits in [first, *others] for wait_s in waits}) == 8


async def test_each_wait_is_told_with_its_reason_when_it_begins() -> None:
    told = list[str]()
    model = Distant(lambda _, number: ("rate_limit", 12.0) if number == 0 else None)
    await Calls(None, on_hold=lambda hold: told.append(str(hold))).make(model, asking("a"))
    assert re.fullmatch(r"waiting 1[23] s for distant: rate limit \(429\), try 2 of 6", told[0])
    assert len(told) == 1


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"requests_per_minute": 10}, "6 s for distant: its limit of 10 requests a minute"),
        ({"tokens_per_minute": 60}, "39 s for distant: its limit of 60 tokens a minute"),
    ],
)
async def test_a_wait_for_a_limit_names_it(limits: dict[str, int], told: str) -> None:
    model, holds = Distant(allowance=Allowance(**limits, is_remote=True)), list[Hold]()
    calls = Calls(None, on_hold=holds.append)
    for case in "ab":
        await calls.make(model, asking(case))
    assert [str(hold) for hold in holds] == [f"waiting {told}"]


async def test_a_wait_for_the_end_of_an_outage_says_what_fails() -> None:
    began_s, told = await now_s(), list[Hold]()
    model = Distant(lambda at_s, _: ("server", None) if at_s < began_s + 10 else None)
    calls = Calls(None, on_hold=told.append)
    async with asyncio.TaskGroup() as group:
        for case in range(20):
            group.create_task(calls.make(model, asking(str(case))))
    assert "server error (5xx) of most of the last calls" in {hold.reason for hold in told}


async def test_a_failure_tells_that_the_budget_of_retries_is_spent() -> None:
    model, told = Distant(lambda _at_s, _number: ("server", None)), list[str]()
    calls = Calls(None)
    for case in range(20):
        try:
            await calls.make(model, asking(str(case)))
        except CallError as error:
            told.append(str(error))
    assert told[0] == "it says server (tried 6 times)"
    assert "no more: a tenth of all calls was made again" in told[-1]


async def test_where_users_wait_a_call_is_made_twice_and_none_is_held_back_by_others() -> None:
    live = Allowance(is_remote=True, attempts=2)
    model = Distant(lambda _at_s, _number: ("server", None), allowance=live)
    calls, took_s = Calls(None), list[float]()
    for case in range(20):
        began_s = await now_s()
        with pytest.raises(CallError):
            await calls.make(model, asking(str(case)))
        took_s.append(await now_s() - began_s)
    assert max(took_s) <= 2 * 0.05 + 1
    assert 20 < len(model.times_s) <= 40
