import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar
from pathlib import Path

import pytest

from genaiops.threads import call_in_thread

WHO: ContextVar[str] = ContextVar("WHO")


@pytest.mark.anyio
async def test_a_call_has_the_context_of_its_task_in_a_thread_of_its_own() -> None:
    WHO.set("me")
    found = await call_in_thread(lambda: (WHO.get(), threading.current_thread().name))
    assert found == ("me", "genaiops-call")


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)])
async def test_what_it_raises_is_handed_on(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        await call_in_thread(fail)
    assert caught.value is error


@pytest.mark.anyio
async def test_calls_that_never_end_hold_up_no_other() -> None:
    gate = threading.Event()
    try:
        async with asyncio.TaskGroup() as group:
            stuck = [group.create_task(call_in_thread(gate.wait)) for _ in range(40)]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await call_in_thread(gate.wait)
            assert await call_in_thread(lambda: "through") == "through"
            for task in stuck:
                task.cancel()
    finally:
        gate.set()


def test_the_process_ends_while_a_call_goes_on(tmp_path: Path) -> None:
    code = """
import asyncio, threading
from genaiops.threads import call_in_thread
async def work():
    async with asyncio.timeout(0.01):
        await call_in_thread(threading.Event().wait)
try:
    asyncio.run(work())
except TimeoutError:
    print("ended")
"""
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert (done.stdout, done.stderr) == ("ended\n", "")
