"""A builder that is killed, again and again, while a reader asks."""

import sys
from pathlib import Path

import anyio
import pytest

from tests.index.project import Project

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

BUILDER = """
import asyncio, sys
from pathlib import Path
from tests.index.project import Project

async def main():
    project = Project(Path(sys.argv[1]), {})
    while True:
        for text in ("one", "two", "three"):
            project.write({"meters.md": f"Meter text {text}."})
            print("building", flush=True)
            await project.build()

asyncio.run(main())
"""


async def test_a_killed_builder_leaves_whole_versions_to_readers(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.say(freshness={"on_change": "warn"})
    await project.build()
    for wanted in range(1, 6):
        async with await anyio.open_process(
            [sys.executable, "-c", BUILDER, str(tmp_path)]
        ) as process:
            assert process.stdout is not None
            for _ in range(wanted):
                await process.stdout.receive()
                assert len(await project.open().retrieve("meter", 3)) == 3
            process.kill()
        assert len(await project.open().retrieve("meter", 3)) == 3
    await project.build()
    assert not list(project.home.glob(".building-*"))
