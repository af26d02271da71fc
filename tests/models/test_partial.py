import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import ExecutionError
from genaiops.models.partial import PartialFile, blocks_of, file_sha256


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def test_pieces_join_in_order_and_take_the_final_name(target: Path) -> None:
    partial = PartialFile(target, "here")
    partial.append([b"one ", b"two "])
    partial.append([b"three"])
    partial.accept(sha256(b"one two three"))
    assert target.read_bytes() == b"one two three"
    assert [path.name for path in target.parent.iterdir()] == ["model.gguf"]


def test_another_process_goes_on_after_the_last_whole_piece(target: Path) -> None:
    PartialFile(target, "here").append([b"one"])
    later = PartialFile(target, "here")
    assert (later.pieces, later.size) == (1, 3)


def test_a_piece_that_broke_off_is_overwritten(target: Path) -> None:
    partial = PartialFile(target, "here")
    partial.append([b"one"])
    with target.with_name("model.gguf.part").open("ab") as stream:
        stream.write(b"torn")
    partial.append([b"2"])
    partial.accept(sha256(b"one2"))


def test_pieces_of_another_source_count_for_nothing(target: Path) -> None:
    PartialFile(target, "there").append([b"one"])
    assert PartialFile(target, "here").size == 0


@pytest.mark.parametrize("state", ["", "{", '{"source": "here", "pieces": 1, "bytes": 99}'])
def test_a_state_that_the_part_file_does_not_bear_out_counts_for_nothing(
    target: Path, state: str
) -> None:
    PartialFile(target, "here").append([b"one"])
    target.with_name("model.gguf.part.json").write_text(state)
    assert PartialFile(target, "here").size == 0


def test_a_wrong_file_is_refused_with_both_digests_and_deleted(target: Path) -> None:
    partial = PartialFile(target, "here")
    partial.append([b"wrong"])
    with pytest.raises(ExecutionError) as caught:
        partial.accept("0" * 64)
    assert "0" * 64 in str(caught.value)
    assert sha256(b"wrong") in str(caught.value)
    assert list(target.parent.iterdir()) == []


@given(data=st.binary(max_size=200), limit=st.integers(min_value=0, max_value=220))
def test_blocks_are_the_beginning_of_the_stream(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, limit: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "data"
    path.write_bytes(data)
    with path.open("rb") as stream:
        assert b"".join(blocks_of(stream, limit)) == data[:limit]
    assert file_sha256(path) == sha256(data)
