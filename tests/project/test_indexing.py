from contextlib import ExitStack

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.index.home import IndexHome
from genaiops.project.indexing import build, query, status
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio


def ignore(_: int, __: int) -> None:
    """Take no progress."""


async def test_an_index_goes_from_never_built_to_fresh_to_stale(opened: Opened) -> None:
    session = opened()
    assert (await status(session, "handbook")).state == "never_built"
    version = await build(session, "handbook", ignore)
    found = await status(session, "indexes/handbook.yaml")
    assert (found.state, found.version and found.version.digest) == ("fresh", version.digest)
    (session.root / "datasets/handbook/fees.md").write_text("# Fees\n\nNone.\n", "utf-8")
    assert (await status(session, "handbook")).state == "stale"


async def test_a_query_builds_what_never_was_and_says_so(opened: Opened) -> None:
    answer = await query(opened(), "handbook", "three weeks", 5)
    assert [entry.passage.document for entry in answer.found] == ["loans.md"]
    assert answer.notes == ("built index handbook: 1 document, 1 passage",)


async def test_an_unknown_index_is_told(opened: Opened) -> None:
    session = opened()
    with pytest.raises(InputError, match="unknown index 'hanbook'; did you mean 'handbook'"):
        await query(session, "hanbook", "x", 1)
    with pytest.raises(InputError, match="unknown index"):
        await build(session, "hanbook", ignore)
    with pytest.raises(InputError, match="unknown index"):
        await status(session, "hanbook")


async def test_a_query_waits_for_a_process_that_builds_the_index_and_says_so(
    opened: Opened,
) -> None:
    session = opened()
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(IndexHome(session.root, "handbook").only_writer())

        def free_at_once(text: str) -> None:
            told.append(text)
            other.close()

        answer = await query(session, "handbook", "three weeks", 5, on_wait=free_at_once)
    assert told == ["index handbook is being built by another process: waiting for it"]
    assert [entry.passage.document for entry in answer.found] == ["loans.md"]


async def test_building_on_purpose_is_refused_while_another_process_builds(opened: Opened) -> None:
    session = opened()
    with (
        IndexHome(session.root, "handbook").only_writer(),
        pytest.raises(ExecutionError, match="is being built by another process"),
    ):
        await build(session, "handbook", ignore)
