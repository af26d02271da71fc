import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError
from genaiops.models.lock import only_writer


def gone_process() -> int:
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def test_the_lock_is_there_while_it_is_held_and_gone_after(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    with only_writer(lock, "weights"):
        assert lock.read_text() == f"{os.getpid()} {socket.gethostname()}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "holder", [f"{os.getpid()} {socket.gethostname()}", "1 another-machine", ""]
)
def test_a_lock_that_may_be_held_is_respected(tmp_path: Path, holder: str) -> None:
    lock = tmp_path / ".lock"
    lock.write_text(holder)
    with pytest.raises(ExecutionError, match=r"wait for it, or remove .*\.lock"):  # noqa: SIM117  two claims
        with only_writer(lock, "weights"):
            pass
    assert lock.read_text() == holder


def test_the_lock_of_a_process_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    lock.write_text(f"{gone_process()} {socket.gethostname()}")
    with only_writer(lock, "weights"):
        assert lock.read_text().startswith(f"{os.getpid()} ")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), only_writer(tmp_path / ".lock", "weights"):
        raise ValueError("inside")
    assert list(tmp_path.iterdir()) == []
