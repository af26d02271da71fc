import asyncio

import pytest

from genaiops.flow.planting import DOCUMENT, Planting
from genaiops.records import Passage

pytestmark = pytest.mark.anyio


class Shelf:
    """An index that finds its passages in order, whatever is asked."""

    name = "shelf"
    digest = "0" * 64

    async def retrieve(self, query: str, k: int) -> tuple[Passage, ...]:
        assert query
        await asyncio.sleep(0)
        texts = ("one", "two", "three")[:k]
        return tuple(Passage(document="d", start=0, end=len(t), text=t) for t in texts)


async def found(planting: Planting, k: int = 3) -> list[str]:
    index = planting.into(Shelf())
    return [passage.text for passage in await index.retrieve("?", k)]


async def test_what_is_planted_is_found_first_and_takes_a_place() -> None:
    planting = Planting()
    with planting.planted("attack"):
        assert await found(planting) == ["attack", "one", "two"]
        assert await found(planting, 1) == ["attack"]
        assert await found(planting, 0) == []
    assert await found(planting) == ["one", "two", "three"]


async def test_nothing_is_planted_by_an_empty_text() -> None:
    planting = Planting()
    with planting.planted(""):
        assert await found(planting) == ["one", "two", "three"]


async def test_cases_at_once_do_not_see_each_others() -> None:
    planting = Planting()

    async def case(text: str) -> list[str]:
        with planting.planted(text):
            await asyncio.sleep(0)
            return await found(planting, 1)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(case(text)) for text in ("a", "b", "c")]
    assert [task.result() for task in tasks] == [["a"], ["b"], ["c"]]


async def test_the_index_stays_the_one_it_is() -> None:
    planting = Planting()
    index = planting.into(Shelf())
    assert (index.name, index.digest) == ("shelf", "0" * 64)
    with planting.planted("attack"):
        (passage,) = await index.retrieve("?", 1)
    assert (passage.document, passage.start, passage.end) == (DOCUMENT, 0, 6)
