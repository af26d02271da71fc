"""What a server writes of live traffic, and what others read of it meanwhile."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genaiops.errors import StoreError
from genaiops.records import FlowRun
from genaiops.records.live_runs import LiveRun, Split, Told
from genaiops.records.rollouts import Arm
from genaiops.store.live import LiveRuns, LiveWriter

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SPLIT = Split(rollout="up-1", salt="s", unit="u", arm="candidate", weight=0.1)


def ran(id_: str, at: datetime = AT, arm: Arm = "candidate") -> LiveRun:
    run = FlowRun(flow="say", inputs={})
    return LiveRun(
        id=id_, at=at, flow="say", digest="d", arm=arm, split=SPLIT, caller="c", state="done",
        seconds=1, run=run,
    )  # fmt: skip


def test_a_run_is_found_as_soon_as_it_was_queued(tmp_path: Path) -> None:
    writer = LiveWriter(tmp_path / "live.sqlite")
    writer.add(ran("run-1"))
    assert writer.find("run-1") == ran("run-1")
    assert writer.find("run-2") is None
    writer.close()


def test_what_was_told_is_read_in_the_order_in_which_it_was_told(tmp_path: Path) -> None:
    path = tmp_path / "live.sqlite"
    told = [Told(at=AT, metric="feedback", badness=bad, split=SPLIT) for bad in (1.0, 0.0)]
    writer = LiveWriter(path)
    for each in told:
        writer.tell(each)
    with LiveRuns(path) as live:  # who told it was answered by now, so that it must be there
        assert [each for _, each in live.told_after(0)] == told
        assert [each for _, each in live.told_after(1)] == told[1:]
    writer.close()


def test_runs_are_read_by_their_time_and_forgotten_by_it(tmp_path: Path) -> None:
    path, late = tmp_path / "live.sqlite", AT + timedelta(hours=1)
    writer = LiveWriter(path)
    writer.add(ran("run-late", late))
    writer.add(ran("run-early"))
    writer.add(ran("run-of-stable", arm="stable"))
    writer.tell(Told(at=AT, metric="feedback", badness=1))
    assert writer.find("run-of-stable") is not None
    with LiveRuns(path) as live:
        assert [run.id for run in live.of_candidates(late)] == ["run-late"]
        assert [run.id for run in live.of_candidates(AT)] == ["run-late", "run-early"]
    writer.forget(late)
    writer.close()
    with LiveRuns(path) as live:
        assert [run.id for run in live.of_candidates(AT)] == ["run-late"]
        assert list(live.told_after(0)) == []


@pytest.mark.parametrize("table", ["live_runs", "told"])
def test_a_record_that_somebody_changed_is_told(tmp_path: Path, table: str) -> None:
    path = tmp_path / "live.sqlite"
    writer = LiveWriter(path)
    writer.add(ran("run-1"))
    writer.tell(Told(at=AT, metric="feedback", badness=1))
    writer.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE {table} SET record = replace(record, '1', '0')")  # noqa: S608
    connection.close()
    with LiveRuns(path) as live, pytest.raises(StoreError, match="number 1"):
        list(live.after(0) if table == "live_runs" else live.told_after(0))


def test_numbers_of_runs_that_left_are_not_given_again(tmp_path: Path) -> None:
    path, late = tmp_path / "live.sqlite", AT + timedelta(hours=1)
    for id_, at in (("run-1", AT), ("run-2", late)):
        with closing(LiveWriter(path)) as writer:
            writer.forget(at)
            writer.add(ran(id_, at))
    with LiveRuns(path) as live:
        assert [(each.seq, each.run.id) for each in live.after(0)] == [(2, "run-2")]


def test_a_file_that_is_not_there_holds_no_runs_and_is_not_made(tmp_path: Path) -> None:
    with LiveRuns(tmp_path / "live.sqlite") as live:
        assert list(live.after(0)) == []
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_written_is_told_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "live.sqlite"
    with closing(LiveWriter(path)) as writer:
        with closing(sqlite3.connect(path)) as file:
            file.execute("DROP TABLE live_runs")
        writer.add(ran("run-1"))
        with pytest.raises(StoreError):
            writer.find("run-1")
        with pytest.raises(StoreError, match="cannot be written"):
            writer.add(ran("run-2"))
    assert writer.lost == 1


def test_nothing_is_lost_of_what_could_be_written(tmp_path: Path) -> None:
    with closing(LiveWriter(tmp_path / "live.sqlite")) as writer:
        for number in range(100):
            writer.add(ran(f"run-{number}"))
    assert writer.lost == 0


def test_nobody_waits_for_a_writer_that_was_closed_meanwhile(tmp_path: Path) -> None:
    writer = LiveWriter(tmp_path / "live.sqlite")
    writer.close()
    with pytest.raises(StoreError, match="was closed"):
        writer.find("run-1")
