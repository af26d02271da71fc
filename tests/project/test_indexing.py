import pytest

from genaiops.errors import InputError
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
    assert answer.notes == ("built index handbook: 1 documents, 1 passages",)


async def test_an_unknown_index_is_told(opened: Opened) -> None:
    session = opened()
    with pytest.raises(InputError, match="unknown index 'hanbook'; did you mean 'handbook'"):
        await query(session, "hanbook", "x", 1)
    with pytest.raises(InputError, match="unknown index"):
        await build(session, "hanbook", ignore)
    with pytest.raises(InputError, match="unknown index"):
        await status(session, "hanbook")
