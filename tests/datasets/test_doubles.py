import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets.doubles import find_doubles
from genaiops.datasets.identity import base_id
from genaiops.datasets.written import Entry, WrittenCase
from tests.datasets.build import faults

CASES = st.lists(st.tuples(st.sampled_from([None, "a", "b", "MADE", "MADE-2"]), st.booleans()))
MADE = base_id(WrittenCase(1, {"q": True}))


def cases(drawn: list[tuple[str | None, bool]]) -> list[Entry]:
    return [
        WrittenCase(line, {"q": question}, id=name.replace("MADE", MADE) if name else None)
        for line, (name, question) in enumerate(drawn, start=1)
    ]


@given(CASES)
def test_suspects_tell_what_looking_at_all_ids_tells(
    drawn: list[tuple[str | None, bool]],
) -> None:
    entries = cases(drawn)
    bases = [base_id(each) for each in entries if isinstance(each, WrittenCase)]
    suspected = frozenset(hash(base) for base in bases if bases.count(base) > 1)
    everything = frozenset(map(hash, bases))
    found = find_doubles(entries, "d", suspected, most=99)
    assert found == find_doubles(entries, "d", everything, most=99)


def test_a_hash_that_two_ids_share_is_no_double() -> None:
    entries = cases([("a", True), ("b", True)])
    found = find_doubles(entries, "d", frozenset({hash("a"), hash("b")}), most=9)
    assert (found.faults, found.warnings, found.repeated) == ((), (), frozenset())


def test_an_id_that_is_written_and_made_of_inputs_is_refused(tmp_path: Path) -> None:
    first, second = '{"q": true}', json.dumps({"id": MADE, "q": 1})
    assert faults(tmp_path, f"{first}\n{second}\n", "d.jsonl") == [
        f"d.jsonl:2:1: the case id {MADE!r} stands twice (first on line 1)"
    ]
    numbered = json.dumps({"id": f"{MADE}-2", "q": 1})
    assert faults(tmp_path, f"{numbered}\n{first}\n{first}\n", "d.jsonl") == [
        f"d.jsonl:3:1: the case id '{MADE}-2' stands twice (first on line 1)"
    ]


def test_at_most_twenty_doubles_are_told(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "id,q\n" + "a,x\n" * 40)) == 20
