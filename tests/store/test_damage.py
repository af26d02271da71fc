"""What happens to a store whose bytes changed, whose disk is full, or that many write at once."""

import random
import resource
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from genaiops.errors import StoreError
from genaiops.records import Completion, Usage
from genaiops.store import Store, schema
from tests.store.building import RUN, stored

pytestmark = pytest.mark.anyio


def answer(number: int) -> Completion:
    return Completion(text=f"answer {number} é", usage=Usage(input_tokens=number))


def key(number: int) -> str:
    return f"{number:064x}"


async def fill(path: Path, calls: int) -> None:
    with Store(path) as store:
        for number in range(calls):
            store.keep(key(number), "m", answer(number))
        await store.flush()


async def test_a_flipped_byte_in_an_entry_makes_it_a_miss_and_never_an_answer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite"
    await fill(path, 100)
    generator = random.Random(7)  # noqa: S311  no secret
    with sqlite3.connect(path) as connection:
        for number in range(100):
            column = generator.choice(["key", "model", "completion", "checksum"])
            (value,) = connection.execute(
                f"SELECT CAST({column} AS BLOB) FROM calls WHERE key = ?",  # noqa: S608  our own
                (key(number),),
            ).fetchone()
            place = generator.randrange(len(value))
            flipped = bytes([value[place] ^ generator.randrange(1, 256)])
            damaged = value[:place] + flipped + value[place + 1 :]
            connection.execute(
                f"UPDATE calls SET {column} = CAST(? AS TEXT) WHERE key = ?",  # noqa: S608  our own
                (damaged, key(number)),
            )
    connection.close()
    with Store(path) as store:
        assert [store.find(key(number)) for number in range(100)] == [None] * 100
        assert store.damaged_calls > 50


async def test_flipped_bytes_of_the_file_give_misses_or_an_error_and_no_wrong_answer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite"
    await fill(path, 300)
    whole = path.read_bytes()
    generator = random.Random(7)  # noqa: S311  no secret
    told: Counter[str] = Counter()
    errors: list[str] = []
    for _ in range(60):
        place = generator.randrange(len(whole))
        flipped = bytes([whole[place] ^ generator.randrange(1, 256)])
        path.write_bytes(whole[:place] + flipped + whole[place + 1 :])
        try:
            with Store(path) as store:
                found = [store.find(key(number)) for number in range(300)]
        except StoreError as error:
            errors.append(str(error))
        else:
            assert all(each in (None, answer(number)) for number, each in enumerate(found))
            told["miss" if None in found else "unused"] += 1
    assert all(str(path) in text for text in errors)
    assert told["miss"] > 10


async def test_a_store_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    await fill(path, 300)
    whole = path.read_bytes()
    for place in range(20):
        path.write_bytes(whole[: len(whole) * (place + 1) // 22])
        for read_only in (True, False):
            with pytest.raises(StoreError, match=r"s\.sqlite: .*(restore|move it away)"):
                Store(path, read_only=read_only)


async def test_a_log_that_was_cut_off_loses_its_end_and_gives_nothing_wrong(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("s.sqlite", "s.sqlite-wal")]
    with Store(files[0]) as store:
        for number in range(300):
            store.keep(key(number), "m", answer(number))
            if number % 50 == 0:
                await store.flush()
        await store.flush()
        whole, log = (path.read_bytes() for path in files)
    kept: list[int] = []
    for point in range(21):
        copy = tmp_path / f"{point}" / "s.sqlite"
        copy.parent.mkdir()
        copy.write_bytes(whole)
        copy.with_name("s.sqlite-wal").write_bytes(log[: len(log) * point // 20])
        with Store(copy) as store:
            found = [store.find(key(number)) for number in range(300)]
        assert all(each in (None, answer(number)) for number, each in enumerate(found))
        kept.append(300 - found.count(None))
    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (0, 300)


async def test_a_damaged_result_is_an_error_that_names_the_case(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        store.add(run.id, 0, stored("a", value=0.5))
        await store.flush()
        with sqlite3.connect(tmp_path / "s.sqlite") as connection:
            connection.execute("UPDATE results SET record = replace(record, '0.5', '0.9')")
        connection.close()
        with pytest.raises(StoreError, match="result of case 'a' in run 'assistant-1' is damaged"):
            list(store.results(run.id))


async def test_a_full_disk_is_told_with_path_and_remedy_and_leaves_no_half_record(
    tmp_path: Path,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told: list[str] = []
    for point in range(20):
        path = tmp_path / f"{point}" / "s.sqlite"
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096 + 9000 * point, before[1]))
        try:
            with Store(path) as store:
                run = await store.begin(RUN)
                for position in range(400):
                    store.add(run.id, position, stored(f"{position}"))
                    await store.make_room()
        except StoreError as error:
            told.append(str(error))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        with Store(path) as store:
            kept = [each.case.id for run in store.runs() for each in store.results(run.run.id)]
            assert kept == [str(position) for position in range(len(kept))]
            for unfinished in store.runs():
                await store.take_up(unfinished.run.id)
    assert len(told) >= 19
    assert all("s.sqlite: the store" in text and "free space" in text for text in told)


def test_a_store_that_grows_while_it_is_opened_is_not_taken_for_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"

    class Late(sqlite3.Connection):
        @override
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "page_count" in sql:
                with closing(sqlite3.connect(path)) as other, other:
                    large = "x" * 100_000
                    other.execute("INSERT INTO calls VALUES ('k', 'm', ?, 0, 0)", (large,))
            return super().execute(sql, *values)

    with Store(path):
        pass
    with (
        Store(path),
        closing(sqlite3.connect(path, isolation_level=None, factory=Late)) as connection,
    ):
        schema._see_that_it_is_whole(connection, str(path))


_WRITER = """
import asyncio, sys
from pathlib import Path
from genaiops.store import Store, schema
from tests.store.building import ANSWER, RUN, stored
async def main():
    with Store(Path(sys.argv[1])) as store:
        run = await store.begin(RUN)
        for position in range(100):
            store.keep(f"{position}", "m", ANSWER)
            store.add(run.id, position, stored(f"{position}"))
            await store.make_room()
        await store.finish(run, "finished")
asyncio.run(main())
"""


@pytest.mark.slow
def test_processes_that_begin_and_write_at_once_share_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    command = [sys.executable, "-c", _WRITER, str(path)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]  # noqa: S603  our own script
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    with Store(path) as store:
        runs = store.runs()
        assert sorted(run.run.id for run in runs) == [f"assistant-{n}" for n in range(1, 5)]
        assert [len(list(store.results(run.run.id))) for run in runs] == [100] * 4
