import pytest

from genaiops.metrics import Resources
from genaiops.metrics.relevance import LONGEST, answer_relevance
from tests.fakes import HashEmbedder
from tests.metrics.building import bind, case_of, run_of

pytestmark = pytest.mark.anyio

QUESTION = {"question": "what does a late payment cost"}
ABOUT = "A late payment cost is five pounds."
ELSEWHERE = "Penguins swim below antarctic ice."


async def test_an_answer_about_the_question_scores_more_than_another() -> None:
    about = await answer_relevance(ABOUT, QUESTION, HashEmbedder())
    other = await answer_relevance(ELSEWHERE, QUESTION, HashEmbedder())
    assert (about.value or 0) > (other.value or 0) + 0.2


async def test_the_best_sentence_counts_and_is_shown() -> None:
    alone = await answer_relevance(ABOUT, QUESTION, HashEmbedder())
    within = await answer_relevance(f"{ELSEWHERE} {ABOUT}", QUESTION, HashEmbedder())
    assert within.value == pytest.approx(alone.value)
    assert within.explanation == "nearest to the question: sentence 2 of 2"
    assert within.evidence == (ABOUT,)


@pytest.mark.parametrize(
    "answer",
    ["I don't know.", "The handbook does not say what a late payment does cost.", "", "# \n\n***"],
)
async def test_a_refusal_and_an_answer_without_a_sentence_score_0(answer: str) -> None:
    score = await answer_relevance(answer, QUESTION, HashEmbedder())
    assert (score.value, score.explanation) == (0, "the answer refuses, or says nothing")


async def test_a_question_said_again_is_no_answer() -> None:
    answer = f"What does a late payment cost? {ELSEWHERE}"
    echo = await answer_relevance(answer, QUESTION, HashEmbedder())
    assert echo.evidence == (ELSEWHERE,)


async def test_a_long_answer_is_read_from_its_beginning() -> None:
    embedder = HashEmbedder()
    score = await answer_relevance(f"{ELSEWHERE} " * 300, QUESTION, embedder)
    assert len(embedder.texts) == LONGEST + 1
    assert score.value is not None


async def test_inputs_without_a_text_are_no_question() -> None:
    score = await answer_relevance(ABOUT, {"question": " "}, HashEmbedder())
    assert score.reason == "the inputs hold no text to compare with"


async def test_cases_without_an_answer_are_left_out_where_the_use_says_so() -> None:
    use = {"answer_relevance": {"answerable": "${case.expected.answerable}"}}
    metric = bind(use, resources=Resources(embedders={"minilm": HashEmbedder()}))
    run = run_of("I don't know.")
    told = "not applicable: there is nothing to answer from"
    assert (await metric.score(case_of({"answerable": True}), run)).value == 0
    assert (await metric.score(case_of({"answerable": False}), run)).reason == told
    direct = await answer_relevance(ABOUT, QUESTION, HashEmbedder(), answerable=False)
    assert direct.reason == told
