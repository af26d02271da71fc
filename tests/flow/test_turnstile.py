import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.errors import CallError
from genaiops.flow.hold import untold
from genaiops.flow.turnstile import Turnstile
from genaiops.protocols import Allowance
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


async def test_calls_pass_in_the_order_in_which_they_came() -> None:
    one = Allowance(concurrency=1)
    turnstile, passed = Turnstile("m", one, untold), list[int]()

    async def call(number: int) -> None:
        await turnstile.enter(one, 0)
        passed.append(number)
        await asyncio.sleep(1)
        turnstile.leave(0)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(call(number))
    assert passed == list(range(20))
    assert turnstile.most_at_once == 1


async def test_the_window_opens_no_further_than_calls_want_in() -> None:
    remote = Allowance(is_remote=True)
    turnstile, at_once = Turnstile("m", remote, untold), list[int]()

    async def work() -> None:
        for _ in range(50):
            await turnstile.enter(remote, 0)
            await asyncio.sleep(0.05)
            turnstile.well()
            turnstile.leave(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(work())
    turnstile.failed(CallError("rate_limit", "slow down"), random.Random(1))  # noqa: S311  no secret

    async def hold() -> None:
        await turnstile.enter(remote, 0)
        at_once.append(1)
        await asyncio.sleep(10)

    async def hold_all() -> None:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(hold())

    with pytest.raises(TimeoutError):
        await hold_all()
    assert len(at_once) == 14


async def test_who_gives_up_waiting_makes_room_for_nobody_too_many() -> None:
    two = Allowance(concurrency=2)
    turnstile = Turnstile("m", two, untold)
    for _ in range(2):
        await turnstile.enter(two, 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await turnstile.enter(two, 0)
    turnstile.leave(0)
    await turnstile.enter(two, 0)
    assert turnstile.most_at_once == 2


async def test_tokens_that_a_call_took_beyond_the_estimate_are_waited_for_later() -> None:
    limit = Allowance(tokens_per_minute=600)
    turnstile = Turnstile("m", limit, untold)
    await turnstile.enter(limit, 10)
    turnstile.leave(590)
    began_s = asyncio.get_running_loop().time()
    await turnstile.enter(limit, 10)
    assert asyncio.get_running_loop().time() - began_s == pytest.approx(550 * 60 / 541)


Wish = tuple[float, float, float]
"""When a call comes, how long it takes, and how long it is ready to wait and go on."""


async def ended(wishes: list[Wish], allowance: Allowance) -> tuple[int, int]:
    """How many calls came to an end, and the most that were under way."""
    turnstile, seen = Turnstile("m", allowance, untold), list[str]()

    async def call(wish: Wish) -> None:
        comes_s, takes_s, patience_s = wish
        await asyncio.sleep(comes_s)
        try:
            async with asyncio.timeout(patience_s):
                await turnstile.enter(allowance, 10)
                try:
                    await asyncio.sleep(takes_s)
                    turnstile.well()
                finally:
                    turnstile.leave(5)
        except TimeoutError:
            seen.append("gave up")
        else:
            seen.append("done")

    async with asyncio.TaskGroup() as group:
        for wish in wishes:
            group.create_task(call(wish))
    return len(seen), turnstile.most_at_once


SECONDS = st.floats(0, 5).map(lambda seconds: round(seconds, 2))


@settings(max_examples=50)
@given(
    st.lists(st.tuples(SECONDS, SECONDS, SECONDS), min_size=1, max_size=30),
    st.integers(1, 8),
    st.none() | st.integers(1, 600),
    st.booleans(),
)
def test_whoever_gives_up_when_every_other_call_still_has_its_turn(
    wishes: list[Wish],
    concurrency: int,
    per_minute: int | None,
    is_remote: bool,  # noqa: FBT001  given by position
) -> None:
    allowance = Allowance(
        concurrency=concurrency,
        requests_per_minute=per_minute,
        tokens_per_minute=per_minute and per_minute * 10,
        is_remote=is_remote,
    )
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        done, most_at_once = runner.run(ended(wishes, allowance))
    assert done == len(wishes)
    assert most_at_once <= concurrency
