"""Who works on a run, where many look at it at once."""

import fcntl
import threading
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.store import Store
from genaiops.store.holding import Holds
from tests.store.building import RUN

pytestmark = pytest.mark.anyio


def test_a_process_that_only_looks_does_not_keep_a_run_from_who_takes_it(tmp_path: Path) -> None:
    holds = Holds(tmp_path / "s.sqlite")
    path = tmp_path / "s.sqlite-run-1.lock"
    with path.open("w") as look:
        fcntl.flock(look, fcntl.LOCK_SH)  # a look whose process lost its core
        end = threading.Timer(0.1, fcntl.flock, (look, fcntl.LOCK_UN))
        end.start()
        assert holds.take("r-1", 1)
        end.join()
    holds.release("r-1", 1)


def test_a_run_that_is_held_is_refused_at_once(tmp_path: Path) -> None:
    first, second = Holds(tmp_path / "s.sqlite"), Holds(tmp_path / "s.sqlite")
    assert first.take("r-1", 1)
    assert not second.take("r-1", 1)
    assert second.is_held(1)
    first.release("r-1", 1)
    assert not second.is_held(1)
    assert second.take("r-1", 1)
    second.release("r-1", 1)


async def test_a_number_that_another_process_is_about_to_enter_is_left_to_it(
    tmp_path: Path,
) -> None:
    holds = Holds(tmp_path / "s.sqlite")
    assert holds.take("assistant-1", 1)
    with Store(tmp_path / "s.sqlite") as store:
        run = await store.begin(RUN)
        assert run.id == "assistant-2"
        assert store.run(run.id).state == "running"
        with (
            Store(tmp_path / "s.sqlite") as other,
            pytest.raises(InputError, match="another process works on run 'assistant-2'"),
        ):
            await other.take_up(run.id)
    holds.release_all()
