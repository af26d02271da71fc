import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.protocols import Vectors
from genaiops.store import VectorFile

VECTORS = {
    "a": np.array([0.1, 0.2, 0.3], dtype=np.float32),
    "b": np.array([np.pi, -0.0, 1e-38], dtype=np.float32),
}


def found(path: Path, *keys: str) -> dict[str, bytes]:
    with closing(VectorFile(path)) as memory:
        return {key: vector.tobytes() for key, vector in memory.find(keys).items()}


def keep(path: Path, vectors: dict[str, Vectors], **more: int) -> None:
    with closing(VectorFile(path, **more)) as memory:
        memory.keep(vectors)


def test_vectors_come_back_bit_by_bit(tmp_path: Path) -> None:
    keep(tmp_path / "v.sqlite", VECTORS)
    known = found(tmp_path / "v.sqlite", "a", "b", "c")
    assert known == {key: vector.tobytes() for key, vector in VECTORS.items()}


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=8))
def test_a_vector_is_known_before_it_is_written(numbers: list[float]) -> None:
    vector = np.array(numbers, dtype=np.float32)
    memory = VectorFile(Path("/dev/null/never.sqlite"))
    memory.keep({"a": vector})
    assert memory.find(["a"])["a"].tobytes() == vector.tobytes()


def test_nothing_is_made_before_it_is_used(tmp_path: Path) -> None:
    VectorFile(tmp_path / "folder" / "v.sqlite").close()
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    for key in "abcd":
        keep(path, {key: VECTORS["a"]}, kept=2)
    assert found(path, *"abcd").keys() == {"c", "d"}


def test_large_groups_are_written_at_once(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with closing(VectorFile(path)) as memory:
        memory.keep({str(number): VECTORS["a"] for number in range(500)})
        assert len(found(path, *map(str, range(500)))) == 500
        memory.keep({"later": VECTORS["a"]})
        assert memory.find(["1", "later"]).keys() == {"1", "later"}


def test_what_another_process_kept_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with closing(VectorFile(path)) as late:
        assert late.find(["a"]) == {}
        late.keep({"a": VECTORS["b"], "b": VECTORS["b"]})
        keep(path, {"a": VECTORS["a"]})
    assert found(path, "a", "b") == {key: vector.tobytes() for key, vector in VECTORS.items()}


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_a_damaged_file_holds_nothing_and_is_made_anew(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "v.sqlite"
    keep(path, VECTORS)
    path.with_name(path.name + ending).write_bytes(b"damaged" * 2000)
    found(path, "a")
    keep(path, {"a": VECTORS["a"]})
    assert found(path, "a") == {"a": VECTORS["a"].tobytes()}


@pytest.mark.parametrize("value", [None, "text", 7, b"", b"abc"])
def test_a_damaged_row_is_no_vector(tmp_path: Path, value: object) -> None:
    path = tmp_path / "v.sqlite"
    keep(path, VECTORS)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE vectors")
        connection.execute("CREATE TABLE vectors (seq INTEGER PRIMARY KEY, key, vector)")
        connection.execute("INSERT INTO vectors (key, vector) VALUES ('a', ?)", (value,))
    assert set(found(path, "a").values()) <= {b""}


def test_a_place_that_cannot_be_written_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "v.sqlite", VECTORS)
    assert found(tmp_path / "file" / "v.sqlite", "a") == {}
    (tmp_path / "folder").mkdir()
    keep(tmp_path / "folder", VECTORS)
    assert found(tmp_path / "folder", "a") == {}


def test_every_kind_of_damage_takes_the_file_away(tmp_path: Path) -> None:
    keep(tmp_path / "v.sqlite", VECTORS)
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_INDEX
    with closing(VectorFile(tmp_path / "v.sqlite")) as memory:
        memory.find(["a"])
        memory._give_up(error)  # pyright: ignore[reportPrivateUsage]  such damage is hard to make
    assert not (tmp_path / "v.sqlite").exists()
