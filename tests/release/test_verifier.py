"""The verifier that stands alone agrees with the chain, and needs nothing of genaiops."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.release import verifier
from genaiops.release.chain import BEGINNING, read_trail
from tests.release.build import written
from tests.release.mutations import mutations
from tests.release.test_chain import DATA, HEAD, RECORDS

PROGRAM = Path(verifier.__file__)
SMALL = written(RECORDS[:3])


def _verified(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-I", str(PROGRAM), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_is_short_and_imports_nothing_but_the_standard_library() -> None:
    source = PROGRAM.read_text("utf-8")
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names
    assert len(source.splitlines()) < 100


def test_it_runs_alone_on_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(DATA)
    assert _verified(str(path)) == (0, f"INTACT: 200 records; head {HEAD}\n")
    told = f"INTACT: 200 records, 2 of them after the head; head {HEAD}\n"
    assert _verified(str(path), "--head", RECORDS[197].hash) == (0, told)
    path.write_bytes(DATA.replace(b"person 1", b"person 2", 1))
    assert _verified(str(path)) == (1, "BROKEN: record 2 was changed after it was written\n")
    assert _verified(str(tmp_path / "none"))[0] == 2


def test_it_finds_each_of_a_hundred_mutations_and_names_the_first_bad_record() -> None:
    assert verifier.verify(DATA, HEAD)[0] is None
    for kind, first, data in mutations(DATA.splitlines(keepends=True), 100, seed=2):
        fault, _ = verifier.verify(data, HEAD)
        assert fault is not None, kind
        assert kind == "truncate" or fault.startswith(f"record {first} "), (kind, first, fault)


@pytest.mark.parametrize("data", [b"[]\n", b"1\n", b"\n", b"\xff\n", b'{"hash": 1}\n', b"[" * 9999])
def test_what_is_no_record_is_told(data: bytes) -> None:
    assert (verifier.verify(data, None)[0] or "").startswith("record 1 ")


@given(
    st.integers(0, len(SMALL) - 1),
    st.integers(0, 3),
    st.binary(max_size=3),
    st.sampled_from(["", "end"]),
)
def test_it_agrees_with_the_chain_on_any_change(
    place: int, gone: int, put: bytes, at_the_end: str
) -> None:
    place = len(SMALL) - gone if at_the_end else place
    data = SMALL[:place] + put + SMALL[place + gone :]
    trail = read_trail(data)
    told = trail.fault is None and not trail.is_cut
    assert (verifier.verify(data, None)[0] is None) == told


def test_an_empty_chain_is_intact() -> None:
    assert verifier.verify(b"", None) == (None, f"0 records; head {BEGINNING}")
