import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.errors import Refused, StoreError
from genaiops.records.live_runs import Told
from genaiops.serve.answering import Answered, Asked, failed
from genaiops.serve.recording import Recorder, RunWriter, Took, user_hash
from tests.serve.server import NOW, FakeFlow, MemoryWriter, clock, offer

GIVEN: dict[str, JsonValue] = {"question": "Hello"}
ASKED = Asked("run-1", offer(FakeFlow()), GIVEN, GIVEN, "shop", None)
DONE: Answered = failed(ASKED, "node", "It said: something secret")


def recorder(
    writers: Iterator[RunWriter | Exception],
    notes: list[str],
    steady: Callable[[], float] = lambda: 0.0,
) -> Recorder:
    def opened() -> RunWriter:
        writer = next(writers)
        if isinstance(writer, Exception):
            raise writer
        return writer

    return Recorder(opened, clock, notes.append, keep_content=False, keep_days=30, steady=steady)


def keep(made: Recorder, *, hours: float = 0) -> None:
    made.keep(ASKED, DONE, "failed", Took(NOW + timedelta(hours=hours), 0.5))


def test_runs_are_recorded_again_once_that_is_possible() -> None:
    first, second, notes = MemoryWriter(), MemoryWriter(), list[str]()
    full = StoreError("still no space")
    made = recorder(iter([first, full, second]), notes)
    keep(made)
    first.is_full, first.lost = True, 7
    keep(made)
    keep(made)
    assert (made.unrecorded, len(notes)) == (2 + 7, 1)
    made._again_at = 0.0
    keep(made)
    assert (made.unrecorded, len(notes)) == (3 + 7, 1)
    made._again_at = 0.0
    keep(made)
    assert (len(first.runs), len(second.runs), len(notes)) == (1, 1, 1)
    keep(made)
    assert notes[-1] == "runs are recorded again"


def test_a_disk_that_stays_full_is_told_once_however_often_it_is_opened() -> None:
    writers, notes = [MemoryWriter() for _ in range(4)], list[str]()
    made = recorder(iter(writers), notes)
    for each in writers:
        each.is_full = True
    for _ in writers:
        keep(made)
        made._again_at = 0.0
    assert made.unrecorded == len(writers)
    assert notes == ["runs are not recorded, answers go on: the disk is full; free space on it"]


@pytest.mark.anyio
async def test_what_is_said_opens_the_store_again_without_any_run_between() -> None:
    first, second, notes = MemoryWriter(), MemoryWriter(), list[str]()
    made = recorder(iter([first, second]), notes)
    said = Told(at=NOW, metric="feedback", badness=1.0)
    first.is_full = True
    with pytest.raises(Refused):
        await made.tell(said)
    with pytest.raises(Refused):
        await made.find("run-1")
    made._again_at = 0.0
    await made.tell(said)
    assert second.told == [said]
    assert notes[-1] == "runs are recorded again"


@pytest.mark.anyio
async def test_what_was_broken_by_a_write_before_is_given_up_where_a_run_is_looked_for() -> None:
    first, second = MemoryWriter(), MemoryWriter()
    made = recorder(iter([first, second]), [])
    first.is_broken = True
    with pytest.raises(Refused):
        await made.find("run-1")
    made._again_at = 0.0
    assert await made.find("run-1") is None


@pytest.mark.anyio
async def test_what_is_said_opens_the_store_no_earlier_than_runs_do() -> None:
    first, full, notes = MemoryWriter(), StoreError("still no space"), list[str]()
    made = recorder(iter([first, full, MemoryWriter()]), notes)
    first.is_full = True
    keep(made)
    for _ in range(5):
        with pytest.raises(Refused):
            await made.find("run-1")
        with pytest.raises(Refused):
            await made.tell(Told(at=NOW, metric="feedback", badness=1.0))
    assert len(notes) == 1
    made._again_at = 0.0
    with pytest.raises(Refused):
        await made.find("run-1")
    with pytest.raises(Refused):
        await made.find("run-1")
    made._again_at = 0.0
    assert await made.find("run-1") is None


class SlowWriter(MemoryWriter):
    """Writes what is told once the disk is there."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = threading.Event()

    def tell(self, told: Told) -> None:
        assert self.disk.wait(60)
        super().tell(told)


@pytest.mark.anyio
async def test_what_waits_for_the_disk_takes_no_thread_from_answers() -> None:
    writer = SlowWriter()
    made = recorder(iter([writer]), [])
    said = Told(at=NOW, metric="feedback", badness=1.0)
    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(made.tell(said))
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(20):
                await asyncio.to_thread(lambda: None)  # as an embedder is asked
        finally:
            writer.disk.set()
    assert len(writer.told) == 100
    made.close()


def test_old_runs_are_forgotten_once_an_hour() -> None:
    writer, passed = MemoryWriter(), [0.0]
    made = recorder(iter([writer]), [], lambda: 3600 * passed[0])
    for passed[0] in (0, 0.5, 1.0, 1.5, 2.5):
        keep(made, hours=passed[0])
    assert writer.forgot == [
        NOW + timedelta(hours=hours) - timedelta(days=30) for hours in (0, 1.0, 2.5)
    ]


@pytest.mark.parametrize("jump", [24 * 400, -24])
def test_a_clock_that_jumped_removes_nothing_until_it_went_on_for_an_hour(jump: float) -> None:
    writer, passed = MemoryWriter(), [0.0]
    made = recorder(iter([writer]), [], lambda: 3600 * passed[0])
    keep(made)
    for passed[0] in (0.1, 0.5, 1.0):
        keep(made, hours=passed[0] + jump)
    assert len(writer.forgot) == 1
    passed[0] = 1.2
    keep(made, hours=1.2 + jump)
    assert writer.forgot[1:] == [NOW + timedelta(hours=1.2 + jump) - timedelta(days=30)]


@given(
    user=st.text(min_size=1), caller=st.text(min_size=1), key=st.binary(min_size=32, max_size=63)
)
def test_a_hash_tells_users_of_one_caller_apart_and_nothing_of_them(
    user: str, caller: str, key: bytes
) -> None:
    hashed = user_hash(key, caller, user)
    assert hashed == user_hash(key, caller, user)
    assert hashed not in {
        user_hash(key, caller, f"{user}x"),
        user_hash(key, f"{caller}x", user),
        user_hash(key + b"x", caller, user),
    }
