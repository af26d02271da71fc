import pytest

from genaiops.errors import CallError
from genaiops.flow.calls import Calls
from genaiops.flow.functions import UserFunction
from genaiops.flow.rerank import EmbedderReranker, FunctionReranker, ModelReranker
from genaiops.flow.trace import Ask, Trace
from genaiops.records import Passage
from tests.fakes import HashEmbedder, ScriptedModel

pytestmark = pytest.mark.anyio
PASSAGES = tuple(
    Passage(document=name, start=0, end=1, text=text)
    for name, text in [("a", "red apples"), ("b", "green pears"), ("c", "blue plums")]
)


def names(passages: tuple[Passage, ...]) -> str:
    return "".join(passage.document for passage in passages)


@pytest.mark.parametrize(
    ("said", "order"),
    [("2", "bac"), ("[3] > [1] > [2]", "cab"), ("3, 3, 9, 0, 1", "cab"), ("b: 2, 2024", "bac")],
)
async def test_a_model_names_passages_and_the_rest_follows(said: str, order: str) -> None:
    model = ScriptedModel([said])
    trace = Trace()
    ranked = await ModelReranker(model, Calls(None)).order("q", PASSAGES, Ask("c1"), trace)
    assert names(ranked) == order
    assert len(trace.calls) == 1
    assert model.requests[0].case_id == "c1"


async def test_a_model_that_names_nothing_is_a_failure() -> None:
    reranker = ModelReranker(ScriptedModel(["none of them"]), Calls(None))
    with pytest.raises(CallError, match="named no passage") as caught:
        await reranker.order("q", PASSAGES, Ask(), Trace())
    assert caught.value.kind == "schema"


async def test_an_embedder_orders_by_cosine() -> None:
    ranked = await EmbedderReranker(HashEmbedder()).order("green pears", PASSAGES, Ask(), Trace())
    assert ranked[0].document == "b"
    assert ranked[0].score == pytest.approx(1.0, abs=1e-6)
    scores = [passage.score or 0.0 for passage in ranked]
    assert scores == sorted(scores, reverse=True)


async def test_a_function_gets_copies_and_returns_passages() -> None:
    def backwards(query: str, passages: list[dict[str, object]]) -> list[dict[str, object]]:
        passages[0]["text"] = f"changed by {query}"
        return passages[::-1]

    reranker = FunctionReranker(UserFunction("n.py:f", backwards))
    assert names(await reranker.order("q", PASSAGES, Ask(), Trace())) == "cba"
    assert PASSAGES[0].text == "red apples"


async def test_a_function_that_returns_something_else_is_a_failure() -> None:
    reranker = FunctionReranker(UserFunction("n.py:f", lambda **_: [1, 2]))
    with pytest.raises(CallError, match=r"n\.py:f must return passages"):
        await reranker.order("q", PASSAGES, Ask(), Trace())
