"""Slow calls that are raced, in a loop whose clock jumps to the next timer."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import pytest

from genaiops.errors import CallError, FailureKind, InputError
from genaiops.flow.calls import Call, Calls
from genaiops.protocols import Allowance, OnText
from genaiops.records import Completion, CompletionRequest, Message, Tool, Usage
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio
HEDGED = Allowance(hedge=True, is_remote=True)
Seconds = Callable[[int, int], float]
"""How long a call takes: of which case, and the how manieth of this case, from 0."""


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


def one_in_fifty(case: int, time: int) -> float:
    """A second for each call; 30 s for the first of every fiftieth case."""
    return 30.0 if case % 50 == 49 and not time else 1.0


class Uneven:
    """A model that takes its time, and notes what came of each call."""

    name = "uneven"
    identity = "uneven"
    decided_by = frozenset({"messages"})

    def __init__(self, seconds: Seconds, *, allowance: Allowance = HEDGED) -> None:
        self.allowance = allowance
        self.asked: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self.failing: dict[tuple[str, int], FailureKind] = {}
        self._seconds = seconds

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        case = request.messages[0].content
        time = self.asked[case]
        self.asked[case] += 1
        try:
            await asyncio.sleep(self._seconds(int(case), time))
        except asyncio.CancelledError:
            self.cancelled.append(case)
            raise
        if (case, time) in self.failing:
            raise CallError(self.failing[case, time], "told")
        if on_text is not None:
            on_text(case)
        usage = Usage(input_tokens=10, output_tokens=5, cost_usd=0.5)
        return Completion(text=case, usage=usage, latency_s=1.0)

    async def aclose(self) -> None: ...


def asking(case: int, tools: tuple[Tool, ...] = ()) -> CompletionRequest:
    messages = (Message(role="user", content=str(case)),)
    return CompletionRequest(messages=messages, case_id=str(case), tools=tools)


async def ask_all(model: Uneven, cases: int, calls: Calls | None = None) -> list[Completion]:
    """Ask for one case after the other."""
    calls = calls or Calls(None)
    return [(await calls.make(model, asking(case))).completion for case in range(cases)]


async def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_slow_calls_are_raced_and_the_loser_is_cancelled() -> None:
    model, began_s = Uneven(one_in_fifty), await now_s()
    answers = await ask_all(model, 500)
    assert await now_s() - began_s == pytest.approx(490 + 10 * 2, abs=0.1)
    slow = [str(case) for case in range(49, 500, 50)]
    assert model.cancelled == slow
    assert [answer.text for answer in answers if answer.made_again == ("hedged",)] == slow
    assert [answer.text for answer in answers] == [str(case) for case in range(500)]


async def test_both_calls_are_billed_and_the_time_is_that_of_both() -> None:
    answers = await ask_all(Uneven(one_in_fifty), 50)
    assert answers[49].usage == Usage(input_tokens=20, output_tokens=10, cost_usd=1.0)
    assert answers[49].latency_s == pytest.approx(2, abs=0.01)
    assert answers[48].usage == Usage(input_tokens=10, output_tokens=5, cost_usd=0.5)


async def test_no_call_is_raced_before_twenty_tell_what_is_slow() -> None:
    model = Uneven(lambda case, _: 30.0 if case == 19 else 1.0)
    assert (await ask_all(model, 20))[19].made_again == ()
    assert model.asked.total() == 20


async def test_races_are_five_in_a_hundred_calls_at_most_however_slow_it_gets() -> None:
    model = Uneven(lambda case, _: 1.0 + case)  # slower with each call
    await ask_all(model, 400)
    assert model.asked.total() <= 1.05 * 400


async def test_nothing_is_raced_without_the_wish() -> None:
    model = Uneven(one_in_fifty, allowance=Allowance(is_remote=True))
    await ask_all(model, 100)
    assert model.asked.total() == 100


async def test_neither_an_answer_in_pieces_nor_one_that_may_call_tools_is_raced() -> None:
    model, calls = Uneven(lambda case, _: 30.0 if case > 50 else 1.0), Calls(None)
    await ask_all(model, 50, calls)
    tool = Tool(name="look", description="", parameters={})
    await calls.make(model, asking(60), [].append)
    await calls.make(model, asking(61, (tool,)))
    assert model.asked.total() == 52


async def test_a_first_call_that_fails_late_leaves_the_answer_to_the_second() -> None:
    model = Uneven(lambda case, time: (2.0, 5.0)[time] if case == 30 else 1.0)
    model.failing["30", 0] = "server"
    answer = (await ask_all(model, 31))[30]
    assert (answer.text, answer.made_again) == ("30", ("hedged",))
    assert answer.usage == Usage(input_tokens=10, output_tokens=5, cost_usd=0.5)


async def test_where_both_fail_another_attempt_follows_as_after_any_failure() -> None:
    model = Uneven(lambda case, time: (9.0, 5.0, 1.0)[time] if case == 30 else 1.0)
    model.failing |= {("30", 0): "server", ("30", 1): "server"}
    answer = (await ask_all(model, 31))[30]
    assert (answer.text, answer.made_again) == ("30", ("hedged", "server"))


async def test_where_both_fail_for_good_the_error_says_that_there_were_two() -> None:
    model = Uneven(lambda case, time: (9.0, 5.0)[time] if case == 30 else 1.0)
    model.failing |= {("30", 0): "auth", ("30", 1): "auth"}
    with pytest.raises(CallError) as told:
        await ask_all(model, 31)
    assert (told.value.kind, told.value.made_again) == ("auth", ("hedged",))


async def test_a_second_call_is_not_made_while_others_wait_for_their_turn() -> None:
    narrow = Allowance(hedge=True, concurrency=1, is_remote=True)
    model = Uneven(one_in_fifty, allowance=narrow)
    calls, answers = Calls(None), list[Call]()

    async def ask(case: int) -> None:
        answers.append(await calls.make(model, asking(case)))

    async with asyncio.TaskGroup() as group:
        for case in range(50):
            group.create_task(ask(case))
    assert model.asked.total() == 50


async def test_whoever_gives_up_on_a_raced_call_ends_both() -> None:
    model, calls = Uneven(lambda case, _: 30.0 if case == 30 else 1.0), Calls(None)
    await ask_all(model, 30, calls)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await calls.make(model, asking(30))
    assert model.cancelled == ["30", "30"]
    await calls.make(model, asking(31))


def heavy_tail(case: int, time: int) -> float:
    """Lognormal with the mean 2 s and sigma 0.6; one call in a hundred takes eight times that."""
    draw = random.Random(f"{case} {time}")  # noqa: S311  no secret
    return draw.lognormvariate(0.513, 0.6) * (8 if draw.random() < 0.01 else 1)


async def latencies_s(allowance: Allowance) -> tuple[list[float], int]:
    """How long each of 3,000 answers takes, 32 at once, and how many calls that needs."""
    model, calls, found = Uneven(heavy_tail, allowance=allowance), Calls(None), list[float]()
    cases = iter(range(3_000))

    async def work() -> None:
        for case in cases:
            began_s = await now_s()
            await calls.make(model, asking(case))
            found.append(await now_s() - began_s)

    async with asyncio.TaskGroup() as group:
        for _ in range(32):
            group.create_task(work())
    return sorted(found), model.asked.total()


async def test_of_a_heavy_tail_most_is_cut_off() -> None:
    plain_s, _ = await latencies_s(Allowance(is_remote=True))
    hedged_s, calls = await latencies_s(HEDGED)
    assert plain_s[-30] == pytest.approx(9, abs=1.5)
    assert hedged_s[-30] <= 0.8 * plain_s[-30]
    assert hedged_s[-3] <= 0.5 * plain_s[-3]
    assert calls <= 1.05 * 3_000


async def test_a_call_that_began_before_slow_was_known_is_raced_once_it_is() -> None:
    model = Uneven(lambda case, time: 30.0 if not case and not time else 1.0)
    calls, began_s = Calls(None), await now_s()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(calls.make(model, asking(0)))
        for case in range(1, 23):
            await calls.make(model, asking(case))
    assert first.result().completion.made_again == ("hedged",)
    assert await now_s() - began_s < 25


async def test_a_mistake_of_the_user_is_told_as_it_is() -> None:
    def refuse(case: int, time: int) -> float:
        raise InputError(f"no such thing: {case} {time}")

    with pytest.raises(InputError, match="no such thing: 0 0"):
        await ask_all(Uneven(refuse), 1)
