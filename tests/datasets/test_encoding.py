import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets import encoding
from genaiops.datasets.encoding import FileFacts, examine_file
from tests.datasets.build import faults, opened, warnings

TABLE = "question,answer\nwie groß?,à peu près\n"


def examined(folder: Path, data: bytes) -> FileFacts:
    (folder / "d").write_bytes(data)
    return examine_file(folder / "d", "d")


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_and_the_digest_is_that_of_the_bytes(tmp_path: Path, written: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(written, b"")
    data = mark + TABLE.encode(written)
    dataset = opened(tmp_path, data)
    assert (dataset.warnings, dataset.digest) == ((), hashlib.sha256(data).hexdigest())
    assert dataset.columns == ("question", "answer")
    (case,) = dataset.cases()
    assert case.inputs == {"question": "wie groß?"}


def test_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    data = TABLE.replace("près", "près “€”").encode("cp1252")
    assert warnings(tmp_path, data) == [
        (
            "d.csv:2:8: warning: is not UTF-8 (byte 0xdf), so it is read as Windows-1252; look "
            "whether this line comes out right, and save the file as UTF-8 to be sure"
        )
    ]
    (case,) = opened(tmp_path, data).cases()
    assert (case.inputs["question"], case.expected["answer"]) == ("wie groß?", "à peu près “€”")


def test_bytes_that_mean_nothing_in_windows_1252_are_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, b"question\nna\xefve\nab\x81\n") == [
        "d.csv:3:3: the byte 0x81 is not UTF-8, nor Windows-1252; save the file as UTF-8"
    ]


def test_a_bad_byte_in_a_file_of_utf8_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "question\ngroß\nabc".encode() + b"\xe9\n") == [
        "d.csv:3:4: the byte 0xe9 is not UTF-8, as the text before it is; save the file as UTF-8"
    ]


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        (b"PK\x03\x04", "is a spreadsheet or another zip file; save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0", "is a spreadsheet (xls); save the sheet as CSV"),
        (b"PAR1", "is Parquet; call it .parquet"),
        (b"\x1f\x8b", "is compressed (gzip); unpack it"),
    ],
)
def test_a_file_that_only_bears_the_name_is_refused(
    tmp_path: Path, begin: bytes, told: str
) -> None:
    assert faults(tmp_path, begin + b"\0\0\0") == [f"d.csv: {told}"]


def test_utf16_without_its_mark_is_refused(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, TABLE.replace("ß", "s").encode("utf-16-be"))
    assert told == "d.csv:1:1: a NUL character: the file is damaged, or is no text"


@given(st.binary(max_size=40), st.integers(1, 7))
def test_pieces_are_no_matter(data: bytes, piece: int) -> None:
    whole, cut = encoding._Search(), encoding._Search()
    whole.feed(data, is_last=True)
    pieces = [data[place : place + piece] for place in range(0, len(data), piece)] or [b""]
    for number, each in enumerate(pieces, start=1):
        cut.feed(each, is_last=number == len(pieces))
    assert (cut.not_utf8, cut.is_windows, cut.undefined) == (
        whole.not_utf8,
        whole.is_windows,
        whole.undefined,
    )
    odd = whole.not_utf8
    good = data.decode("utf-8", "ignore") if odd is None else ""
    assert odd is not None or good.encode() == data


@given(st.text(st.sampled_from("aß€\n")), st.sampled_from([b"\xff", b"\xc3", b"\x81"]))
def test_the_first_byte_that_is_not_utf8_is_found(text: str, odd: bytes) -> None:
    search = encoding._Search()
    search.feed(text.encode() + odd + b"a", is_last=True)
    last = text.rpartition("\n")[2].encode()
    place = encoding.BytePlace(odd[0], text.count("\n") + 1, len(last) + 1)
    assert (search.not_utf8, search.is_windows) == (place, text.isascii())


def test_bytes_are_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", 4)
    data = "aaaß€bbb\n".encode() * 9
    assert examined(tmp_path, data) == FileFacts(hashlib.sha256(data).hexdigest())
