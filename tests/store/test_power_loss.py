"""The power goes at any moment: what was acknowledged is there, and nothing else is wrong."""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from genaiops.records import Case, Completion
from genaiops.store import Store
from tests.store.building import RUN, stored
from tests.store.crashing import crash_image
from tests.store.disk import Operation, disk

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ROWS, IMAGES, SEED = 300, 200, 7


@dataclass
class Recorded:
    """All that was asked of the disk, and after how much of it how many rows were acknowledged."""

    operations: list[Operation] = field(default_factory=list[Operation])
    acknowledged: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def take(self, asked: Operation) -> int:
        if asked.what != "read":
            self.operations.append(asked)
        return 0

    def rows_at(self, moment: int) -> int:
        """How many rows were acknowledged by then; -1 where the run was not."""
        return max((rows for at, rows in self.acknowledged if at <= moment), default=-1)


def answer(row: int) -> Completion:
    """An answer that no compression makes small, so that the log fills up and is emptied."""
    draw = random.Random(row)  # noqa: S311  no secret
    return Completion(text=draw.randbytes(3000).hex())


async def record(path: Path) -> Recorded:
    """A run of 300 rows, with a pause in which the store is closed."""
    recorded = Recorded()
    with disk(recorded.take):
        with Store(path) as store:
            run = await store.begin(RUN)
            recorded.acknowledged.append((len(recorded.operations), 0))
            await write(store, run.id, range(ROWS - 50), recorded)
        with Store(path) as store:
            await store.take_up(run.id)
            await write(store, run.id, range(ROWS - 50, ROWS), recorded)
            await store.finish(run, "finished")
    return recorded


async def write(store: Store, run_id: str, rows: range, recorded: Recorded) -> None:
    for row in rows:
        store.keep(f"{row}", "m", answer(row))
        large = replace(stored(f"{row}"), case=Case(id=f"{row}", inputs={"q": answer(row).text}))
        store.add(run_id, row, large)
        await store.make_room()
        if row % 7 == 6:
            await store.flush()
            recorded.acknowledged.append((len(recorded.operations), row + 1))


async def test_what_was_acknowledged_survives_the_loss_of_power(tmp_path: Path) -> None:
    recorded = await record(tmp_path / "s.sqlite")
    draw = random.Random(SEED)  # noqa: S311  no secret
    lost = 0
    for number in range(IMAGES):
        moment = draw.randrange(len(recorded.operations) + 1)
        folder = tmp_path / f"{number}"
        folder.mkdir()
        for name, content in crash_image(recorded.operations[:moment], draw).items():
            (folder / name).write_bytes(content)
        kept = await rows_of(folder / "s.sqlite", f"seed {SEED}, image {number}")
        assert kept >= recorded.rows_at(moment), f"seed {SEED}, image {number}"
        lost += kept < ROWS
    assert any(each.file == "s.sqlite" for each in recorded.operations[100:])
    assert lost > IMAGES / 2


async def rows_of(path: Path, which: str) -> int:
    """Open what is left, see that it is sound, and count its rows; -1 where there is no run."""
    with Store(path) as store:
        runs = store.runs()
        found = [each.case.id for run in runs for each in store.results(run.run.id)]
        calls = [store.find(case_id) for case_id in found]
        assert store.damaged_calls == 0, which
    assert found == [f"{row}" for row in range(len(found))], which
    assert calls == [answer(row) for row in range(len(found))], which
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], which
    return len(found) if runs else -1
