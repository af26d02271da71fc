"""Several processes that need an index which was never built: one builds it, the others wait."""

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from tests.index.project import Project

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FIRST_USER = """
import asyncio, sys
from pathlib import Path
from genaiops.index import build_first
from tests.fakes import HashEmbedder
from tests.index.project import Project

class Slow(HashEmbedder):
    async def embed(self, texts):
        print("embedding", flush=True)
        sys.stdin.readline()
        return await super().embed(texts)

async def main():
    project = Project(Path(sys.argv[1]), {})
    project.embedder = Slow()
    version = await build_first(
        project.spec, "docs", project.root, project.embedder, clock=lambda: project.now,
        on_wait=lambda: print("waiting", flush=True),
    )
    print("built" if version else "found", project.open().version.digest, flush=True)

asyncio.run(main())
"""


class User:
    """A process that needs the index; where it embeds, it first waits for a line."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None
        assert process.stdin is not None
        self.process = process
        self._said = TextReceiveStream(process.stdout)
        self._stdin = process.stdin
        self._rest = ""

    async def line(self) -> str:
        while "\n" not in self._rest:
            self._rest += await self._said.receive()
        line, _, self._rest = self._rest.partition("\n")
        return line

    async def go_on(self) -> None:
        await self._stdin.send(b"\n")


@asynccontextmanager
async def user(root: Path) -> AsyncIterator[User]:
    async with await anyio.open_process([sys.executable, "-c", FIRST_USER, str(root)]) as process:
        try:
            yield User(process)
        finally:
            if process.returncode is None:
                process.kill()


async def test_the_second_waits_for_the_first_and_opens_what_it_built(tmp_path: Path) -> None:
    Project(tmp_path)
    async with user(tmp_path) as first:
        assert await first.line() == "embedding"
        async with user(tmp_path) as second:
            assert await second.line() == "waiting"
            await first.go_on()
            built, found = await first.line(), await second.line()
    assert built.startswith("built ")
    assert found == built.replace("built", "found")


async def test_who_waits_for_a_process_that_dies_builds_it(tmp_path: Path) -> None:
    Project(tmp_path)
    async with user(tmp_path) as first:
        assert await first.line() == "embedding"
        async with user(tmp_path) as second:
            assert await second.line() == "waiting"
            first.process.kill()
            assert await second.line() == "embedding"
            await second.go_on()
            assert (await second.line()).startswith("built ")


async def test_who_waits_hears_an_interruption(tmp_path: Path) -> None:
    project = Project(tmp_path)
    async with user(tmp_path) as first:
        assert await first.line() == "embedding"
        async with user(tmp_path) as second:
            assert await second.line() == "waiting"
            second.process.send_signal(signal.SIGINT)
            with anyio.fail_after(5):
                assert await second.process.wait() != 0
        await first.go_on()
        assert (await first.line()).startswith("built ")
    assert project.status().state == "fresh"
