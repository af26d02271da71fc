"""The record of releases, verified by who keeps its head."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.release.build import chain, event, written

DEEDS = chain([("ann", event("created")), ("bob", event("promoted", stage="production"))])


@pytest.fixture
def recorded(library: Terminal) -> Terminal:
    """The library with two records."""
    path = library.root / ".genaiops/releases/audit.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(written(DEEDS))
    return library


def _path(library: Terminal) -> Path:
    return library.root / ".genaiops/releases/audit.jsonl"


def test_a_whole_chain_is_intact_and_tells_what_came_after_a_head(recorded: Terminal) -> None:
    head = DEEDS[-1].hash
    assert recorded.ok("audit", "verify") == f"INTACT  2 records; head {head}\n"
    told = recorded.ok("audit", "verify", "--head", DEEDS[0].hash)
    assert told == f"INTACT  2 records, 1 of them after the head; head {head}\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (written(DEEDS).replace(b"bob", b"eve"), "record 2 was changed after it was written"),
        (written(DEEDS[1:]), "record 1 does not follow the one before"),
        (written(DEEDS)[:-9], "record 2 has no end"),
        (written(DEEDS)[:-1], "record 2 has no end"),
        (written(DEEDS[:1]), "no record has the hash"),
        (b"", "no record has the hash"),
    ],
)
def test_a_chain_that_is_not_what_was_written_is_broken(
    recorded: Terminal, data: bytes, told: str
) -> None:
    _path(recorded).write_bytes(data)
    done = recorded("audit", "verify", "--head", DEEDS[-1].hash)
    assert (done.code, done.out.startswith("BROKEN"), told in done.out) == (1, True, True)


@pytest.mark.parametrize("head", ["", "abc", "g" * 64])
def test_a_head_has_64_hex_digits(recorded: Terminal, head: str) -> None:
    done = recorded("audit", "verify", "--head", head)
    assert (done.code, "a head has 64 hex digits" in done.err) == (2, True)


def test_the_records_are_shown_in_their_order(recorded: Terminal) -> None:
    rows = recorded.ok("audit", "show").splitlines()
    assert rows[0].startswith("   1  2026-11-21T12:00:00+00:00  ann created r1 of assistant")
    assert recorded.ok("audit", "show", "-n", "1").split()[0] == "2"


def test_nothing_was_done_yet(library: Terminal) -> None:
    assert "nothing was done yet" in library.ok("audit", "show")
    assert library.ok("audit", "verify").startswith("INTACT  0 records; head 0000")
    assert not (library.root / ".genaiops").exists()


def test_the_printed_verifier_runs_alone(recorded: Terminal, tmp_path: Path) -> None:
    program = tmp_path / "verify_audit.py"
    program.write_text(recorded.ok("audit", "verifier"), "utf-8")
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-I", str(program), str(_path(recorded))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, f"INTACT: 2 records; head {DEEDS[-1].hash}\n")
