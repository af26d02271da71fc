import pytest

from genaiops.metrics import Resources
from genaiops.metrics.context_relevance import context_relevance
from tests.fakes import HashEmbedder
from tests.metrics.building import bind, case_of, passage, run_of

pytestmark = pytest.mark.anyio

ON_FEES = passage("what does a late payment cost", document="fees.md")
ON_BIRDS = passage("penguins swim below antarctic ice", document="birds.md")
QUESTION = {"question": "what does a late payment cost"}


async def test_passages_about_the_question_score_more_than_others() -> None:
    embedder = HashEmbedder()
    about = await context_relevance([ON_FEES], QUESTION, embedder)
    mixed = await context_relevance([ON_FEES, ON_BIRDS], QUESTION, embedder)
    assert about.value == pytest.approx(1)
    assert 0 < (mixed.value or 0) < 0.75
    assert (await context_relevance([ON_FEES, ON_BIRDS], QUESTION, embedder, k=1)).value == (
        pytest.approx(1)
    )


async def test_the_least_relevant_passage_is_named() -> None:
    score = await context_relevance([ON_FEES, ON_BIRDS], QUESTION, HashEmbedder())
    assert (score.explanation or "").startswith("least relevant with 0.")
    assert (score.explanation or "").endswith("passage 2 of 2, birds.md")
    assert score.evidence == (ON_BIRDS.text,)


async def test_nothing_retrieved_is_not_relevant() -> None:
    score = await context_relevance([], QUESTION, HashEmbedder())
    assert (score.value, score.explanation) == (0, "nothing was retrieved")


async def test_inputs_without_a_text_are_no_question() -> None:
    score = await context_relevance([ON_FEES], {"question": ""}, HashEmbedder())
    assert score.reason == "the inputs hold no text to compare with"


async def test_the_question_is_what_the_flow_was_given() -> None:
    embedder = HashEmbedder()
    metric = bind("context_relevance", resources=Resources(embedders={"minilm": embedder}))
    run = run_of(outputs={"passages": [passage("How much?").model_dump()]})
    assert (await metric.score(case_of(), run)).value == pytest.approx(1)
