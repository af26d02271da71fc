"""The chain: what follows what, and that nothing can be changed unseen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.digests import digest
from genaiops.release.chain import BEGINNING, read_trail
from tests.release.build import chain, event, written
from tests.release.mutations import mutations

DEEDS = [
    (
        f"person {place % 3}",
        event("promoted", f"r{place}", stage="production", reason=f"n° {place}"),
    )
    for place in range(200)
]
RECORDS = chain(DEEDS)
DATA = written(RECORDS)
HEAD = RECORDS[-1].hash


def test_a_chain_reads_as_it_was_written() -> None:
    trail = read_trail(DATA)
    assert (trail.records, trail.length, trail.fault, trail.is_cut) == (RECORDS, 200, None, False)
    assert trail.head == HEAD
    assert [record.generation for record in trail.records] == list(range(1, 201))


def test_a_hash_covers_the_record_and_the_hash_before_it() -> None:
    first, second, *_ = RECORDS
    assert (first.previous, second.previous) == (BEGINNING, first.hash)
    bare = second.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    del bare["hash"]
    assert second.hash == digest(bare)


def test_no_file_is_an_empty_chain() -> None:
    assert (read_trail(b"").head, read_trail(b"").fault) == (BEGINNING, None)


def test_each_of_a_hundred_mutations_is_found_and_the_first_bad_record_named() -> None:
    for kind, first, data in mutations(DATA.splitlines(keepends=True), 100, seed=1):
        trail = read_trail(data)
        if kind == "truncate":
            assert (trail.fault, trail.since(HEAD)) == (None, None)
        elif kind == "cut":
            assert (trail.fault, trail.is_cut, trail.since(HEAD)) == (None, True, None) or (
                trail.is_cut and trail.length == 200
            )
        else:
            assert trail.fault is not None, kind
            assert re.match(rf"record {first}\b", trail.fault), (kind, first, trail.fault)


def test_a_kept_head_tells_what_came_after_it() -> None:
    trail = read_trail(DATA)
    assert trail.since(RECORDS[197].hash) == RECORDS[198:]
    assert trail.since(BEGINNING) == RECORDS
    assert trail.since("f" * 64) is None


def test_the_beginning_of_a_record_is_none_but_a_whole_one_that_lacks_its_line_feed_is() -> None:
    assert len(read_trail(DATA[:-40]).records) == 199
    trail = read_trail(DATA[:-1])
    assert (len(trail.records), trail.is_cut, trail.fault) == (200, True, None)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(data: bytes) -> None:
    trail = read_trail(data)
    assert trail.records == ()
    assert (trail.fault is None) == (b"\n" not in data)


@pytest.mark.parametrize("text", ["\N{GRINNING FACE}", "\u2028 line", 'a "quoted" word', "ä\\n"])
def test_any_text_is_kept(text: str) -> None:
    (record,) = read_trail(written(chain([(text, event("created", reason=text))]))).records
    assert (record.by, record.event.reason) == (text, text)
