from collections.abc import Iterator

import pytest

from genaiops.project.indexing import query
from genaiops.project.session import Session
from genaiops.project.supplies import VECTORS_FILE
from genaiops.project.wants import used_by_flow, wants_of
from genaiops.project.wiring import Wiring
from genaiops.records import FlowRun
from tests.endpoint import FakeEndpoint, serving
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

FLOW = """\
    inputs: {question: string}
    nodes:
      search:
        retrieve: handbook
        query: ${inputs.question}
        rerank: {by: embedder, keep: 2}
    outputs: {passages: "${search.passages}"}
    """
INDEX = """\
    sources: [{glob: "datasets/handbook/*.md"}]
    chunk: {by: recursive, size: 200, unit: characters}
    embedder: far
    retrieve: {mode: fused}
    """


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as started:
        yield started


def embedding(opened: Opened, endpoint: FakeEndpoint) -> Session:
    """A project whose flow embeds questions and passages at an endpoint."""
    far = f"{{provider: openai, model: e, dimensions: 4, base_url: '{endpoint.url()}'}}"
    session = opened(
        {
            "catalog.yaml": f"embedders:\n  far: {far}\n",
            "flows/assistant/flow.yaml": FLOW,
            "flows/assistant/answer.md": None,
            "indexes/handbook.yaml": INDEX,
            "datasets/handbook/fees.md": "# Fees\n\nA lost book costs its price.\n",
            "evals/assistant.yaml": None,
        }
    )
    used = used_by_flow(session.project, "assistant")
    session.book.trust(session.root, wants_of(session.project, used, {}))
    return session


async def answered(session: Session, question: str) -> FlowRun:
    async with Wiring(session, None) as wiring:
        flow = await wiring.flow("assistant")
        return await flow.run({"question": question})


async def test_a_project_embeds_no_text_again_that_it_knows(
    opened: Opened, endpoint: FakeEndpoint
) -> None:
    session = embedding(opened, endpoint)
    first = await answered(session, "What does a lost book cost?")
    asked = len(endpoint.asked)
    again = await answered(session, "What does a lost book cost?")
    assert len(endpoint.asked) == asked
    assert again.outputs == first.outputs
    assert first.outputs is not None
    await answered(session, "For how long?")
    assert [each.body["input"] for each in endpoint.asked[asked:]] == [["For how long?"]]


async def test_without_the_memory_the_scores_are_the_same(
    opened: Opened, endpoint: FakeEndpoint
) -> None:
    session = embedding(opened, endpoint)
    question = "What does a lost book cost?"
    remembered = [await answered(session, question) for _ in range(2)]
    (session.root / VECTORS_FILE).unlink()
    assert (await answered(session, question)).outputs == remembered[1].outputs


async def test_building_an_index_leaves_the_memory_alone(
    opened: Opened, endpoint: FakeEndpoint
) -> None:
    session = embedding(opened, endpoint)
    async with Wiring(session, None) as wiring:
        await wiring.index("handbook")
    assert not (session.root / VECTORS_FILE).exists()
    await query(session, "handbook", "How long?", 2)
    assert (session.root / VECTORS_FILE).exists()
