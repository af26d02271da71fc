"""The n-th operation on the disk fails, for every n: a run ends well, or says what went wrong."""

import asyncio
import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from genaiops.errors import StoreError
from genaiops.store import Store, StoredRun
from tests.store.building import ANSWER, RUN, stored
from tests.store.disk import ERRORS, FULL, Operation, disk

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ROWS, PATIENCE_S = 6, 20


@dataclass
class Fault:
    """Fails the n-th operation that it can fail, and those after it if it lasts."""

    nth: int
    lasts: bool
    code: Callable[[Operation], int]
    seen: int = 0

    def __call__(self, asked: Operation) -> int:
        code = self.code(asked)
        self.seen += code != 0
        fires = self.seen == self.nth or (self.lasts and self.seen > self.nth)
        return code if fires else 0


def broken(asked: Operation) -> int:
    return ERRORS[asked.what]


def full(asked: Operation) -> int:
    return FULL if asked.what == "write" else 0


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("code", [broken, full])
async def test_whichever_operation_fails_nothing_acknowledged_is_lost(
    code: Callable[[Operation], int], tmp_path: Path, *, lasts: bool
) -> None:
    told: list[str] = []
    for nth in itertools.count(1):
        path = tmp_path / f"{nth}" / "s.sqlite"
        fault, acknowledged = Fault(nth, lasts, code), list[int]()
        with disk(fault):
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await evaluate(path, acknowledged)
            except StoreError as error:
                told.append(str(error))
        if fault.seen < nth:
            break
        await see_that_it_goes_on(path, acknowledged)
    assert nth > 20
    assert len(told) > 10
    assert all("s.sqlite: the store" in text or "cannot be" in text for text in told)


async def evaluate(path: Path, acknowledged: list[int]) -> None:
    """A run, with its calls; what is durable is noted as acknowledged."""
    with Store(path) as store:
        run = await store.begin(RUN)
        await add(store, run.id, acknowledged)
    with Store(path, read_only=True) as store:
        assert [each.case.id for each in store.results(run.id)] == [f"{n}" for n in range(ROWS)]


async def add(store: Store, run_id: str, acknowledged: list[int]) -> None:
    for row in range(ROWS):
        store.keep(f"{row}", "m", ANSWER)
        store.add(run_id, row, stored(f"{row}"))
        await store.flush()
        acknowledged.append(row)
    await store.finish(RUN.model_copy(update={"id": run_id}), "finished")
    acknowledged.append(ROWS)


async def see_that_it_goes_on(path: Path, acknowledged: list[int]) -> None:
    """With a disk that is well again, what was acknowledged is there, and the run can be ended."""
    with Store(path) as store:
        runs = store.runs()
        found = [each.result.case_id for run in runs for each in store.results(run.run.id)]
        assert found[: len(acknowledged)] == [f"{row}" for row in acknowledged if row < ROWS]
        assert [store.find(row) for row in found] == [ANSWER] * len(found)
        await end(store, runs, is_finished=ROWS in acknowledged)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def end(store: Store, runs: list[StoredRun], *, is_finished: bool) -> None:
    run_id = runs[0].run.id if runs else (await store.begin(RUN)).id
    if is_finished:
        assert store.run(run_id).state == "finished"
    elif store.run(run_id).state != "finished":
        if runs:
            await store.take_up(run_id)
        await add(store, run_id, [])
