"""The file of the chain: nothing is lost, and of two at once one is told who was first."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from genaiops.errors import InputError, StoreError
from genaiops.release.audit import Audit
from genaiops.release.chain import read_trail
from tests.release.build import AT, chain, event, written

TO_PRODUCTION = event("promoted", stage="production")
RACER = """
import sys, json
from pathlib import Path
from genaiops.errors import InputError
from genaiops.release.audit import Audit
from tests.release.build import AT, event
name, path, deed = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
audit = Audit(path)
for line in sys.stdin:
    seen = int(line)
    try:
        record = audit.append(
            event(deed, f"r{seen}-{name}", stage="production"), by=name, at=AT, decided_on=seen
        )
        print(json.dumps([record.generation, None]), flush=True)
    except InputError as error:
        print(json.dumps([None, str(error)]), flush=True)
"""


def test_each_record_follows_the_one_before(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    assert audit.read().records == ()
    first = audit.append(event("created"), by="ann", at=AT)
    second = audit.append(TO_PRODUCTION, by="bob", at=AT, decided_on=1)
    assert audit.read().records == (first, second)
    assert (second.generation, second.previous, second.by) == (2, first.hash, "bob")


def test_who_decided_on_an_older_state_is_told_who_was_first(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.append(TO_PRODUCTION, by="ann", at=AT, decided_on=0)
    told = "nothing was done: ann was first. Release r1 of assistant was promoted to production"
    with pytest.raises(InputError, match=told):
        audit.append(event("promoted", "r2", stage="production"), by="bob", at=AT, decided_on=0)
    assert len(audit.read().records) == 1


@pytest.mark.parametrize(
    "other",
    [
        event("approved", "r2", stage="production"),
        event("created", "r2"),
        event("promoted", "r2", stage="staging"),
        event("promoted", "r2", stage="production", flow="another"),
    ],
    ids=["an approval", "a creation", "another stage", "another flow"],
)
def test_what_moves_nothing_there_is_in_nobodys_way(tmp_path: Path, other: object) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.append(other, by="ann", at=AT)  # pyright: ignore[reportArgumentType]
    assert audit.append(TO_PRODUCTION, by="bob", at=AT, decided_on=0).generation == 2


def test_of_two_processes_one_wins_each_of_fifty_races_and_no_record_is_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "audit.jsonl"
    deeds = {"ann": "promoted", "bob": "rolled back"}
    racers = {
        name: subprocess.Popen(  # noqa: S603  our own
            [sys.executable, "-c", RACER, name, str(path), deed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, deed in deeds.items()
    }
    for race in range(50):
        for racer in racers.values():
            assert racer.stdin
            racer.stdin.write(f"{race}\n")
            racer.stdin.flush()
        ends = {name: _end(racer) for name, racer in racers.items()}
        (winner,) = [name for name, (generation, _) in ends.items() if generation == race + 1]
        (loser,) = set(deeds) - {winner}
        assert f"{winner} was first. Release r{race}-{winner} of assistant" in (
            ends[loser][1] or ""
        )
    for racer in racers.values():
        racer.communicate()
    trail = Audit(path).read()
    assert (trail.length, trail.fault) == (50, None)


def _end(racer: subprocess.Popen[str]) -> tuple[int | None, str | None]:
    assert racer.stdout
    return tuple(json.loads(racer.stdout.readline()))


def test_a_line_that_a_crash_cut_gives_way_to_the_next_record(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    records = chain([("ann", event("created")), ("ann", TO_PRODUCTION)])
    path.write_bytes(written(records)[:-20])
    third = Audit(path).append(event("created", "r3"), by="bob", at=AT)
    trail = read_trail(path.read_bytes())
    assert (trail.records, trail.fault, trail.is_cut) == ((records[0], third), None, False)


def test_a_whole_record_without_its_line_feed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    records = chain([("ann", event("created")), ("ann", TO_PRODUCTION)])
    path.write_bytes(written(records)[:-1])
    third = Audit(path).append(event("created", "r3"), by="bob", at=AT)
    assert read_trail(path.read_bytes()).records == (*records, third)


def test_to_a_chain_that_was_changed_only_what_must_go_on_is_added(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    records = chain([("ann", event("created")), ("ann", TO_PRODUCTION)])
    path.write_bytes(written(records).replace(b'"ann"', b'"eve"', 1))
    audit = Audit(path)
    with pytest.raises(StoreError, match="record 1 was changed after it was written; restore"):
        audit.append(event("created", "r3"), by="bob", at=AT)
    back = audit.append(
        event("rolled back", stage="production"), by="bob", at=AT, although_broken=True
    )
    assert (back.generation, back.previous) == (3, records[1].hash)
    assert audit.read().fault == "record 1 was changed after it was written"


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    program = f"""
from pathlib import Path
from genaiops.release.audit import Audit
from tests.release.build import AT, event
while True:
    print(Audit(Path({str(path)!r})).append(event("created"), by="ann", at=AT).hash, flush=True)
"""
    told: list[str] = []
    for count in (1, 7, 20):
        with subprocess.Popen(  # noqa: S603  our own
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            told += [process.stdout.readline().strip() for _ in range(count)]
            process.kill()
            told += process.stdout.read().split()
    trail = Audit(path).read()
    assert trail.fault is None
    hashes = [record.hash for record in trail.records]
    assert [each for each in hashes if each in set(told)] == told
    assert len(hashes) <= len(told) + 3


def test_a_full_disk_leaves_no_half_record(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    Audit(path).append(event("created"), by="ann", at=AT)
    size = path.stat().st_size
    program = f"""
import resource, signal
from pathlib import Path
from genaiops.errors import StoreError
from genaiops.release.audit import Audit
from tests.release.build import AT, event
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 10}, resource.RLIM_INFINITY))
try:
    Audit(Path({str(path)!r})).append(event("created", "r2"), by="bob", at=AT)
except StoreError as error:
    print(error)
"""
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "audit.jsonl: cannot be written: File too large; check space" in done.stdout
    assert (path.stat().st_size, len(Audit(path).read().records)) == (size, 1)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    (tmp_path / "audit.jsonl").symlink_to(elsewhere)
    with pytest.raises(StoreError, match="cannot be written"):
        Audit(tmp_path / "audit.jsonl").append(event("created"), by="ann", at=AT)
    assert elsewhere.read_bytes() == b""
