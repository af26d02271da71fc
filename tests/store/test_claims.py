"""Who makes a call, among processes that share a store."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from genaiops.errors import StoreError
from genaiops.store import Store
from genaiops.store.calls import Calls
from genaiops.store.claims import Claims
from genaiops.store.reader import Reader
from tests.store.building import ANSWER

pytestmark = pytest.mark.anyio
_OTHER = """
import sys
from pathlib import Path
from genaiops.store.claims import Claims
claims = Claims(Path(sys.argv[1]))
for line in sys.stdin:
    what, key = line.split()
    print(claims.take(key) if what == "take" else claims.release(key), flush=True)
"""


class Other:
    """Another process that claims calls."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def __call__(self, what: str, key: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{what} {key}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def other_process(path: Path) -> Generator[Other]:
    with subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", _OTHER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Other(process)
        process.kill()


async def test_a_call_is_made_by_one_process_until_it_is_durable(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store, other_process(path) as other:
        assert store.claim("a")
        assert (other("take", "a"), other("take", "b")) == ("False", "True")
        assert not store.claim("b")
        store.keep("a", "m", ANSWER)
        await store.flush()
        store.release("a")
        assert other("take", "a") == "True"


async def test_a_call_that_was_kept_is_let_go_by_its_commit_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store, other_process(path) as other:
        for number in range(40):
            key = f"{number}"
            assert store.claim(key)
            store.keep(key, "m", ANSWER)
            store.release(key)
            while other("take", key) == "False":
                pass
            with Store(path, read_only=True) as reader:
                assert reader.find(key) == ANSWER


class Overtaken(Claims):
    """Claims of a process in which another coroutine takes a call the moment it is let go."""

    on_release: Callable[[str], None] | None = None

    def release(self, key: str) -> None:
        super().release(key)
        overtake, self.on_release = self.on_release, None
        if overtake is not None:
            overtake(key)


def test_a_call_that_is_claimed_the_moment_it_is_durable_is_let_go_again(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    durable: list[Callable[[], None]] = []
    claims = Overtaken(path)
    with Store(path), closing(sqlite3.connect(path)) as connection, other_process(path) as other:
        calls = Calls(claims, Reader(connection, str(path)))
        assert calls.claim("a")
        calls.keep(lambda *put: durable.append(put[2]), "a", "m", ANSWER, replace=True)
        calls.release("a")

        def claim_and_finish(key: str) -> None:
            assert calls.claim(key)
            calls.release(key)

        claims.on_release = claim_and_finish
        durable[0]()
        assert other("take", "a") == "True"


def test_calls_of_a_process_that_was_killed_are_free_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store, other_process(path) as other:
        assert other("take", "a") == "True"
        assert not store.claim("a")
        other.process.kill()
        other.process.wait()
        assert store.claim("a")


def test_a_call_is_claimed_once_within_a_store_too(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        assert [store.claim("a"), store.claim("a"), store.claim("b")] == [True, False, True]
        store.release("a")
        assert store.claim("a")


def test_a_store_that_only_reads_makes_no_file_of_claims(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite"):
        pass
    with Store(tmp_path / "s.sqlite", read_only=True) as store:
        store.release("a")
    assert not list(tmp_path.glob("*.lock"))


def test_claims_that_cannot_be_filed_are_told(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        (tmp_path / "s.sqlite-calls.lock").mkdir()
        with pytest.raises(StoreError, match=r"s\.sqlite-calls\.lock: cannot be locked: Is a dir"):
            store.claim("a")
