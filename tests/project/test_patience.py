"""An embedder whose endpoint fails is asked again; the clock of the loop jumps over the waits."""

from functools import partial

import pytest

from genaiops.errors import CallError
from genaiops.flow.hold import Hold
from genaiops.project.indexing import build
from genaiops.project.session import Session
from genaiops.project.wants import used_by_index, wants_of
from tests.endpoint import serving
from tests.project.conftest import Opened
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": partial(QuickLoop, patience_s=0.1)}


def embedding(opened: Opened, url: str) -> Session:
    """A project whose index embeds at an endpoint."""
    entry = f"{{provider: openai, model: e, dimensions: 4, base_url: '{url}'}}"
    files = {
        "catalog.yaml": f"embedders:\n  far: {entry}\n",
        "flows/assistant/flow.yaml": None,
        "evals/assistant.yaml": None,
        "indexes/handbook.yaml": 'sources: [{glob: "datasets/handbook/*.md"}]\nembedder: far\n',
        "datasets/handbook/fees.md": "# Fees\n\nA lost book costs its price.\n",
    }
    session = opened(files)
    used = used_by_index(session.project, "handbook")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return session


async def test_an_index_is_built_with_patience_and_says_what_it_waits_for(opened: Opened) -> None:
    told = list[Hold]()
    with serving() as endpoint:
        session = embedding(opened, endpoint.url("rate_limit"))
        with pytest.raises(CallError, match=r"\(tried 6 times\)"):
            await build(session, "handbook", lambda _done, _planned: None, told.append)
    assert [hold.who for hold in told if "try" in hold.reason] == ["far"] * 5
    assert len(endpoint.asked) == 6
