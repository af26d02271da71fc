import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.errors import InputError, StoreError
from genaiops.records import Case
from genaiops.store import Store
from genaiops.store.store import OPEN_ROWS
from tests.folders import open_folder, read_only
from tests.store.building import ANSWER, RUN, stored

pytestmark = pytest.mark.anyio


async def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        store.add(run.id, 1, stored("b"))
        store.add(run.id, 0, stored("a", repeat=1))
        store.add(run.id, 0, stored("a"))
        await store.finish(run.model_copy(update={"scored": 3}), "finished")
        assert list(store.results(run.id)) == [stored("a"), stored("a", repeat=1), stored("b")]
        assert [(r.state, r.run.scored) for r in store.runs("assistant")] == [("finished", 3)]


async def test_the_last_result_of_a_place_counts(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        store.add(run.id, 0, stored("a", value=0.0))
        store.add(run.id, 0, stored("a", value=1.0))
        await store.flush()
        assert list(store.results(run.id)) == [stored("a")]


async def test_a_call_is_found_before_and_after_it_is_durable(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        assert store.find("k") is None
        store.keep("k", "m", ANSWER)
        assert store.find("k") == ANSWER
        await store.flush()
        assert store.find("k") == ANSWER
    with Store(tmp_path / "s.sqlite") as again:
        assert again.find("k") == ANSWER


async def test_a_call_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.keep("k", "m", ANSWER)
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("UPDATE calls SET completion = '{'")
    with Store(tmp_path / "s.sqlite") as store:
        assert store.find("k") is None


async def test_who_writes_much_waits_for_the_commit(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        most = 0
        for position in range(500):
            store.add(run.id, position, stored(f"{position}"))
            await store.make_room()
            most = max(most, store._writing.waiting)
    assert most <= OPEN_ROWS


async def test_a_large_result_is_read_back_as_it_was(tmp_path: Path) -> None:
    large = replace(stored("a"), case=Case(id="a", inputs={"q": "é\n" * 5000}))
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        store.add(run.id, 0, large)
        await store.flush()
        assert list(store.results(run.id)) == [large]
        assert list(store.results(run.id, with_nodes=False)) == [replace(large, nodes=())]
        (size,) = store._reader.row("SELECT length(record) FROM results") or (0,)
    assert size < 1000


async def test_a_run_that_did_not_finish_is_taken_up(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN, "as it was asked for")
        store.add(run.id, 1, stored("b"), made_calls=3, reused_calls=1)
        store.add(run.id, 0, stored("a", repeat=2), made_calls=2)
        await store.finish(run, "interrupted")
    with Store(tmp_path / "s.sqlite") as store:
        taken = await store.take_up(run.id)
        assert (taken.state, taken.asked) == ("interrupted", "as it was asked for")
        assert store.run(run.id).state == "running"
        assert set(store.places(run.id)) == {(1, 0), (0, 2)}
        assert store.calls_until(run.id) == (3, 1)
        await store.finish(run, "finished")
        with pytest.raises(InputError, match="is finished"):
            await store.take_up(run.id)
    assert os.listdir(tmp_path) == ["s.sqlite"]  # noqa: PTH208  quick, where pathlib is banned


async def test_a_run_that_somebody_works_on_is_not_taken_up(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as one, Store(tmp_path / "s.sqlite") as other:
        run = await one.begin(RUN)
        with pytest.raises(InputError, match="another process works on run 'assistant-1'"):
            await other.take_up(run.id)
        with pytest.raises(InputError, match="another process works on run 'assistant-1'"):
            await other.delete(run.id)
        assert other.run(run.id).state == "running"
        one.close()
        assert other.run(run.id).state == "interrupted"
        assert (await other.take_up(run.id)).run == run


async def test_runs_are_named_by_evaluation_and_number(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        first, second = await store.begin(RUN), await store.begin(RUN)
        assert (first.id, second.id) == ("assistant-1", "assistant-2")
        assert store.run("last").run.id == "assistant-2"
        assert store.run("assistant").run.id == "assistant-2"
        assert store.run("assistant-1").state == "running"


async def test_an_unknown_run_names_the_nearest(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        await store.begin(RUN)
        with pytest.raises(InputError, match="did you mean 'assistant-1'"):
            store.run("asistant-1")


async def test_a_deleted_run_takes_its_results_and_leaves_calls(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        store.add(run.id, 0, stored("a"))
        store.keep("k", "m", ANSWER)
        await store.finish(run, "interrupted")
        await store.delete(run.id)
        assert (list(store.runs()), list(store.results(run.id))) == ([], [])
        assert store.find("k") == ANSWER


async def test_many_rows_are_committed_in_groups(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        for position in range(300):
            store.add(run.id, position, stored(f"{position}"))
        await store.flush()
        assert sum(1 for _ in store.results(run.id)) == 300


async def test_two_stores_share_one_file(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as one, Store(tmp_path / "s.sqlite") as other:
        ids = {(await store.begin(RUN)).id for store in (one, other, one, other)}
        one.keep("k", "m", ANSWER)
        await one.flush()
        assert len(ids) == 4
        assert other.find("k") == ANSWER


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=r"s\.sqlite: the store cannot be opened"):
        Store(tmp_path / "s.sqlite")


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer genaiops"):
        Store(tmp_path / "s.sqlite")


async def test_a_store_in_a_read_only_folder_is_read() -> None:
    with open_folder() as folder:
        path = folder / "s.sqlite"
        with Store(path) as store:
            run = await store.begin(RUN)
            store.add(run.id, 0, stored("a"))
            await store.finish(run, "finished")
            store.keep("k", "m", ANSWER)
        with read_only(folder), Store(path, read_only=True) as store:
            assert [r.run.id for r in store.runs()] == ["assistant-1"]
            assert list(store.results("assistant-1")) == [stored("a")]
            assert store.find("k") == ANSWER
            with pytest.raises(StoreError, match="was opened to read it only"):
                store.keep("l", "m", ANSWER)
            with pytest.raises(StoreError, match="the store cannot be opened"):
                Store(path)


async def test_a_store_is_read_while_another_process_writes(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as writer:
        await writer.begin(RUN)
        with Store(tmp_path / "s.sqlite", read_only=True) as reader:
            await writer.begin(RUN)
            assert len(reader.runs()) == 2


async def test_a_log_that_is_not_merged_yet_is_not_overlooked() -> None:
    with open_folder() as folder:
        copy = folder / "copy"
        copy.mkdir()
        with Store(folder / "s.sqlite") as writer:
            await writer.begin(RUN)
            for name in ("s.sqlite", "s.sqlite-wal"):
                (copy / name).write_bytes((folder / name).read_bytes())
        with read_only(copy), pytest.raises(StoreError, match="the store cannot be read"):
            Store(copy / "s.sqlite", read_only=True)


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with Store(tmp_path / "none" / "s.sqlite", read_only=True) as store:
        assert store.runs() == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_store_or_newer_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=r"s\.sqlite: the store cannot be read"):
        Store(tmp_path / "s.sqlite", read_only=True)
    with sqlite3.connect(tmp_path / "new.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer genaiops"):
        Store(tmp_path / "new.sqlite", read_only=True)


def test_an_empty_file_is_read_as_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").touch()
    with Store(tmp_path / "s.sqlite", read_only=True) as store:
        assert store.runs() == []


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_of_before_the_first_release_says_what_to_do(
    tmp_path: Path, *, read_only: bool
) -> None:
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("CREATE TABLE runs (seq)")
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match=r"s\.sqlite was written by .* move it away"):
        Store(tmp_path / "s.sqlite", read_only=read_only)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "file" / "s.sqlite")


async def test_a_write_that_fails_is_told_and_nothing_half_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        with sqlite3.connect(tmp_path / "s.sqlite") as connection:
            connection.execute("DROP TABLE results")
        store.add(run.id, 0, stored("a"))
        with pytest.raises(StoreError, match="cannot be written"):
            await store.flush()
        with pytest.raises(StoreError, match="cannot be written"):
            store.keep("k", "m", ANSWER)


@pytest.mark.slow
def test_acknowledged_rows_survive_a_kill(tmp_path: Path) -> None:
    script = """
import asyncio, os, sys
from pathlib import Path
from genaiops.records import Completion
from genaiops.store import Store
async def main():
    store = Store(Path(sys.argv[1]))
    for number in range(200):
        store.keep(str(number), "m", Completion(text="x"))
    await store.flush()
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    path = tmp_path / "s.sqlite"
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)  # noqa: S603  our own script
    with Store(path) as store:
        assert all(store.find(str(number)) is not None for number in range(200))
