"""The shelf is cleared of what nobody needs, and of nothing else."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import DEVNULL

import pytest

from genaiops.project.release_home import ReleaseHome
from genaiops.project.session import utc_now
from genaiops.release.history import History
from tests.cli.terminal import Terminal
from tests.cli.test_release import (
    PROMPT,
    audit,
    created,
    edit,
    first_proven,  # noqa: F401  a fixture
    first_two,  # noqa: F401  a fixture
    proven,  # noqa: F401  a fixture
    standing,
    two,  # noqa: F401  a fixture
    words,
)

LOCKS = Path("/proc/locks")
SHOP = "flow: external\nsteps: [50]\nguards: []\ngoals: [{metric: bad, margin_ratio: 2}]\n"
KILLED = """
import os, sys
from genaiops.release.shelf import Path
unlink, done = Path.unlink, []
def unlink_one(path, **_):
    if done:
        os.kill(os.getpid(), 9)
    done.append(unlink(path))
Path.unlink = unlink_one
sys.argv = ["genaiops", "release", "prune", "--keep", "1", "--yes"]
from genaiops.__main__ import main
main()
"""


def shelf(library: Terminal) -> set[str]:
    files = (library.root / ".genaiops/releases/files").glob("*/*")
    return {path.name for path in files}


def needed(library: Terminal) -> set[str]:
    home = ReleaseHome(library.root, utc_now)
    there, _ = History(home.audit.read().records).bundles()
    found = [home.shelf.files_of(bundle, id_) for id_ in there for bundle in there[id_]]
    return {sha256 for files in found for sha256 in files}


def ids(library: Terminal) -> set[str]:
    return {
        each["event"]["release"] for each in json.loads(library.ok("release", "list", "--json"))
    }


@pytest.fixture
def four(two: tuple[Terminal, str, str]) -> tuple[Terminal, list[str]]:  # noqa: F811  the fixture
    """The first two stood in production; then two more were created, of which none was proven."""
    library, *releases = two
    for text in ("Be kind.\n", "Be quick.\n"):
        edit(library, PROMPT, text)
        releases.append(created(library))
    return library, releases


def test_it_lists_first_removes_when_told_and_records_that(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (first, second, third, fourth) = four
    before, records = shelf(library), audit(library)
    done = library("release", "prune", "--keep", "1")
    assert (done.code, third in done.out, "1 release would be removed" in done.err) == (
        0,
        True,
        True,
    )
    assert (shelf(library), audit(library)) == (before, records)
    done = library("release", "prune", "--keep", "1", "--yes", "--as", "bob", "--reason", "space")
    assert (done.code, done.out) == (0, f"bob pruned {third} of assistant: space\n")
    assert ids(library) == {first, second, fourth}
    assert shelf(library) == needed(library) < before
    assert not (library.root / ".genaiops/releases/opened" / third).exists()
    library.ok("audit", "verify")
    for release in (first, second):
        library.ok("release", "verify", release)
    assert library("release", "verify", third).code == 2
    assert library("release", "verify", fourth).code == 3
    library.ok("release", "rollback")
    assert standing(library) == first


def test_nothing_to_remove_is_no_error_and_json_says_what_was_done(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (_, _, third, _) = four
    told = json.loads(library.ok("release", "prune", "--keep", "1", "--yes", "--json"))
    assert told == {"done": True, "releases": [third]}
    told = json.loads(library.ok("release", "prune", "--keep", "1", "--yes", "--json"))
    assert told == {"done": True, "releases": []}
    assert library("release", "prune", "--keep", "0").code == 2


def test_a_release_that_was_pruned_is_created_again(four: tuple[Terminal, list[str]]) -> None:
    library, (_, _, _, fourth) = four
    edit(library, PROMPT, "Be calm.\n")
    created(library)
    library.ok("release", "prune", "--keep", "1", "--yes")
    path = library.root / PROMPT
    path.write_text(path.read_text("utf-8").removesuffix("Be calm.\n"), "utf-8")
    assert created(library) == fourth
    assert library("release", "verify", fourth).code == 3


def test_a_prune_that_was_killed_is_finished_by_the_next(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (_, _, third, _) = four
    before = shelf(library)
    killed = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", KILLED], cwd=library.root, check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr
    assert (third in ids(library), len(before - shelf(library))) == (False, 1)
    library.ok("audit", "verify")
    library.ok("release", "prune", "--keep", "1", "--yes")
    assert shelf(library) == needed(library)


def test_what_no_record_tells_of_is_not_taken_for_what_nobody_needs(
    four: tuple[Terminal, list[str]],
) -> None:
    library, _ = four
    before = shelf(library)
    (library.root / ".genaiops/releases/audit.jsonl").unlink()
    library.ok("release", "prune", "--keep", "1", "--yes")
    assert shelf(library) == before


def test_who_is_at_work_with_releases_is_not_in_danger(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (_, _, third, _) = four
    home = ReleaseHome(library.root, utc_now)
    with home.at_work():
        done = library("release", "prune", "--keep", "1", "--yes")
    assert (done.code, "somebody creates, moves or removes a release now" in words(done)) == (
        2,
        True,
    )
    assert third in ids(library)


def test_an_arm_of_a_rollout_under_way_stays_until_its_end(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (_, _, third, _) = four
    (library.root / "rollouts").mkdir()
    (library.root / "rollouts/shop.yaml").write_text(SHOP, "utf-8")
    library.ok("rollout", "start", "shop", "--candidate", third)
    assert third not in library.ok("release", "prune", "--keep", "1")
    library("rollout", "abort", "shop")
    assert third in library.ok("release", "prune", "--keep", "1")


@pytest.mark.slow
@pytest.mark.skipif(not LOCKS.exists(), reason="this system does not tell who waits for a lock")
def test_who_needs_a_release_waits_until_who_removes_some_is_done(
    two: tuple[Terminal, str, str],  # noqa: F811  the fixture
) -> None:
    library, first, second = two
    (library.root / "rollouts").mkdir()
    (library.root / "rollouts/shop.yaml").write_text(SHOP, "utf-8")
    commands = [
        ("release", "create", "assistant"),
        ("release", "approve", second, "--to", "staging"),
        ("release", "promote", first, "--to", "staging"),
        ("release", "rollback"),
        ("rollout", "start", "shop", "--candidate", first),
    ]
    program = [sys.executable, "-m", "genaiops"]
    with ExitStack() as ending, ReleaseHome(library.root, utc_now).at_work(alone=True):
        lock = (library.root / ".genaiops/releases/lock").stat().st_ino
        started = {
            command: ending.enter_context(
                subprocess.Popen(  # noqa: S603  our own command
                    [*program, *command], cwd=library.root, stderr=DEVNULL, stdout=DEVNULL
                )
            )
            for command in commands
        }
        while any(each.poll() is None and not waits_for(lock, each) for each in started.values()):
            time.sleep(0.05)
        assert [command for command, each in started.items() if each.poll() is not None] == []


def waits_for(lock: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether a process waits for the lock of a file, as the kernel tells."""
    lines = [line.split() for line in LOCKS.read_text("ascii").splitlines()]
    return any(
        words[1] == "->" and words[5] == str(process.pid) and words[6].endswith(f":{lock}")
        for words in lines
    )


def test_a_release_that_stays_and_was_changed_stops_it_before_anything_is_gone(
    four: tuple[Terminal, list[str]],
) -> None:
    library, (first, *_) = four
    before = shelf(library)
    bundle = History(ReleaseHome(library.root, utc_now).audit.read().records).find(first)
    sha256 = bundle.event.bundle
    (library.root / ".genaiops/releases/files" / sha256[:2] / sha256).write_text("{}", "utf-8")
    done = library("release", "prune", "--keep", "1", "--yes")
    assert (done.code, f"release {first} was changed on the shelf" in words(done)) == (4, True)
    assert shelf(library) == before
