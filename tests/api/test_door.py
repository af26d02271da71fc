import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar
from pathlib import Path

import pytest

from genaiops.api.door import run_to_end

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def work() -> tuple[str, str]:
    await asyncio.sleep(0)
    return WHO.get(), threading.current_thread().name


async def fail() -> None:
    await asyncio.sleep(0)
    raise KeyError("x")


def test_without_a_loop_it_runs_here() -> None:
    assert run_to_end(work()) == ("nobody", threading.current_thread().name)


def test_a_running_loop_is_no_obstacle() -> None:
    async def notebook() -> tuple[str, str]:
        WHO.set("me")
        with pytest.raises(KeyError):
            run_to_end(fail())
        return run_to_end(work())

    assert asyncio.run(notebook()) == ("me", "genaiops")


INTERRUPTED = """
import _thread, asyncio, signal, threading
from genaiops.api.door import run_to_end
async def work():
    threading.Timer(0.02, _thread.interrupt_main).start()
    try:
        await asyncio.Event().wait()
    finally:
        print("kept", flush=True)
async def notebook():
    try:
        run_to_end(work())
    except KeyboardInterrupt:
        print("interrupted", flush=True)
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.new_event_loop().run_until_complete(notebook())
"""


def test_an_interruption_ends_the_work_beside_the_loop_first(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", INTERRUPTED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout == "kept\ninterrupted\n"
