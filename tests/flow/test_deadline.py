import asyncio

import pytest

from genaiops.flow.deadline import Deadline, standing_still
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


async def wait_twice() -> None:
    """Twice at the same time, for three and for five seconds."""

    async def wait(seconds: float) -> None:
        with standing_still():
            await asyncio.sleep(seconds)

    async with asyncio.TaskGroup() as group:
        group.create_task(wait(3))
        group.create_task(wait(5))


async def test_time_that_stands_still_does_not_count_and_other_time_does() -> None:
    limit, seen = Deadline(2), list[bool]()

    async def work() -> None:
        async with limit:
            await asyncio.sleep(1)
            await wait_twice()
            await asyncio.sleep(0.9)
            seen.append(limit.expired())
            await asyncio.sleep(0.2)

    with pytest.raises(TimeoutError):
        await work()
    assert (seen, limit.expired()) == ([False], True)
    assert asyncio.get_running_loop().time() == pytest.approx(7)


async def test_it_stands_still_for_every_deadline_around() -> None:
    async with Deadline(1), Deadline(None), Deadline(2):
        await wait_twice()


async def test_an_inner_deadline_that_is_over_is_no_longer_timed() -> None:
    outer = Deadline(1)
    async with outer:
        async with Deadline(0.5):
            pass
        await wait_twice()
        await asyncio.sleep(0.9)
    assert not outer.expired()


async def test_a_limit_of_another_kind_ends_the_wait() -> None:
    async def wait() -> None:
        with standing_still():
            await asyncio.sleep(100)

    async def work() -> None:
        async with asyncio.timeout(1), Deadline(9):
            await wait()

    with pytest.raises(TimeoutError):
        await work()
