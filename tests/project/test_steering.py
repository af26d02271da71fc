"""What carries a rollout on beside a server: what cannot be opened is told, and tried again."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import config_folder, open_session
from genaiops.project.steering import Steering
from genaiops.records.rollout_events import Rollout
from genaiops.trust import TrustBook
from tests.cli.terminal import Terminal
from tests.cli.test_release import created
from tests.cli.test_rollout_live import FILE, first, ready, start, write  # noqa: F401  fixtures

pytestmark = pytest.mark.anyio
SHOP = "flow: external\nsteps: [50]\nguards: []\ngoals: [{metric: bad, margin_ratio: 2}]\n"
HANGS = """\
import asyncio
from pathlib import Path

async def clean(text: str) -> str:
    if Path({!r}).exists():
        await asyncio.Event().wait()
    return text
"""
NODES = 'nodes:\n  clean: {python: "nodes.py:clean", with: {text: "${inputs.question}"}}\n'
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


@pytest.fixture
def hanging(ready: tuple[Terminal, str, str]) -> Path:  # noqa: F811  the fixture
    """A project with two rollouts, the candidate of one of which hangs."""
    library, _, _ = ready
    root = library.root
    (root / "flows/assistant/nodes.py").write_text(HANGS.format(str(root / "hang")), "utf-8")
    flow = root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("nodes:\n", NODES, 1), "utf-8")
    with (root / "genaiops.yaml").open("a", encoding="utf-8") as file:
        file.write("serving: {limits: {candidate_s: 3600}}\n")
    library.ok("trust", "--yes")
    library.ok("gate")
    write(library, PROBED)
    start(library, created(library))
    write(library, SHOP, "shop")
    library.ok("rollout", "start", "shop", "--candidate", "v2", "--stable", "v1", "--as", "ann")
    (root / "hang").touch()
    return root


async def test_a_candidate_that_hangs_holds_up_no_look_at_another_rollout(hanging: Path) -> None:
    looked: list[str] = []

    def hear(rollout: Rollout) -> None:
        """Right before a decision, and after all that is asked for it."""
        looked.append(rollout.id)

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)
        if len(looked) >= 3:
            raise asyncio.CancelledError

    notes: list[str] = []
    book = TrustBook(config_folder({"XDG_CONFIG_HOME": str(hanging / ".home")}) / "trust.json")
    session = replace(open_session(hanging / "genaiops.yaml"), book=book)
    async with asyncio.timeout(60), Steering(session, notes.append, hear) as steering:
        with suppress(asyncio.CancelledError):
            await steering.run(sleep)
    assert (looked, notes) == (["shop-1"] * 3, [])
