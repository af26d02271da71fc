import asyncio
import random

import pytest

from genaiops.errors import CallError
from genaiops.flow.turnstile import Turnstile
from genaiops.protocols import Allowance
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


async def test_calls_pass_in_the_order_in_which_they_came() -> None:
    one = Allowance(concurrency=1)
    turnstile, passed = Turnstile(one), list[int]()

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
    turnstile, at_once = Turnstile(remote), list[int]()

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
    turnstile = Turnstile(two)
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
    turnstile = Turnstile(limit)
    await turnstile.enter(limit, 10)
    turnstile.leave(590)
    began_s = asyncio.get_running_loop().time()
    await turnstile.enter(limit, 10)
    assert asyncio.get_running_loop().time() - began_s == pytest.approx(550 * 60 / 541)
