"""What carries a rollout on beside a server: what cannot be opened is told, and tried again."""

import json

import pytest

from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import open_session
from genaiops.project.steering import Steering
from tests.cli.terminal import Terminal
from tests.cli.test_rollout_live import FILE, first, ready, start, write  # noqa: F401  fixtures

pytestmark = pytest.mark.anyio
PROBED = f"{FILE}eval: assistant\nprobe: {{every_s: 1, cases: 1}}\n"


async def test_a_probe_that_cannot_be_opened_is_told_once_and_opened_when_that_goes(
    ready: tuple[Terminal, str, str],  # noqa: F811  the fixture
) -> None:
    library, _, candidate = ready
    write(library, PROBED)
    start(library, candidate)
    release = json.loads(library.ok("release", "show", candidate, "--json"))
    digest = release["files"]["catalog.yaml"].removeprefix("sha256:")
    (file,) = (library.root / ".genaiops/releases/files").rglob(f"*{digest}")
    whole = file.read_bytes()
    file.unlink()
    at_s, notes = [0.0], list[str]()
    session = open_session(library.root / "genaiops.yaml")
    async with Steering(session, notes.append, lambda _: None, lambda: at_s[0]) as steering:
        probed: list[int] = []
        for at_s[0] in (0.0, 11.0, 22.0, 33.0):
            if at_s[0] == 22.0:
                file.write_bytes(whole)
            await steering.tick()
            with read_rollouts(session) as rollouts:
                found = [each.finding for each in rollouts.found("assistant-1")]
            probed.append(len(found))
    assert probed == [0, 0, 1, 2]
    assert not any(each.failed for each in found)
    (note,) = notes
    assert note.startswith(
        "rollout assistant-1: answers are not probed: catalog.yaml cannot be read"
    )
