from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.claims import Claim, foreign_names, foreign_numbers, is_contrary, split_claims
from genaiops.metrics.groundedness import groundedness
from genaiops.models.stems import content_words
from tests.fakes import HashEmbedder
from tests.metrics.building import passage

HANDBOOK = passage(
    "# Deposits\n\nWe hold a deposit of £150 for twelve months. We do not pay interest on it. "
    "Ms Okafor of the Leeds office sends it back within 10 working days.",
    document="deposits.md",
)
SENTENCES = st.lists(
    st.sampled_from(
        ["We hold a deposit", "It rains.", "Is it so?", "£150", "I don't know.", "Yes."]
    ),
    max_size=4,
).map(" ".join)

pytestmark = pytest.mark.anyio


def claim(text: str) -> Claim:
    return Claim(text, frozenset(content_words(text)))


@pytest.mark.parametrize(
    "answer",
    [
        "We hold a deposit of £150 for 12 months.",
        "No, we do not pay interest on it.",
        "The deposit is sent back within ten working days.",
        "I don't know.",
        "The handbook does not say.",
        "Yes.",
        "Is there anything else? I hope this helps!",
    ],
)
async def test_what_the_passages_say_is_grounded(answer: str) -> None:
    assert (await groundedness(answer, [HANDBOOK])).value == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("We hold a deposit of £250 for twelve months.", "no passage has £250"),
        ("We hold a deposit of £150 for twelve months and 3 weeks.", "no passage has 3 weeks"),
        ("It is sent back within 10 minutes.", "no passage has 10 minutes"),
        ("We do pay interest on it.", "only one of the two is negated"),
        ("We never hold a deposit of £150.", "only one of the two is negated"),
        ("The deposit is sent back by Ms Adeyemi of the Leeds office.", "no passage names Adeyemi"),
        ("Penguins live in the south.", "support 0.00"),
    ],
)
async def test_what_they_do_not_say_scores_zero_with_the_nearest_text(
    answer: Any, why: str
) -> None:
    score = await groundedness(answer, [HANDBOOK])
    assert score.value == 0
    assert len(score.evidence) == 1
    assert why in score.evidence[0]
    assert "nearest: deposits.md: " in score.evidence[0]


async def test_the_score_is_the_mean_of_the_sentences() -> None:
    score = await groundedness("We do not pay interest on it. Penguins live south.", [HANDBOOK])
    assert score.value == pytest.approx(0.5)
    assert score.explanation == "1 of 2 sentences supported"


async def test_without_passages_only_a_refusal_is_grounded() -> None:
    assert (await groundedness("We hold a deposit.", [])).value == 0
    assert (await groundedness("I do not know.", [])).value == 1


async def test_numbers_and_names_of_the_question_are_given() -> None:
    answer = "A deposit of £500 is more than we hold."
    assert (await groundedness(answer, [HANDBOOK])).value == 0
    asked = await groundedness(answer, [HANDBOOK], {"question": "Is £500 right?"})
    assert (asked.value or 0) > 0


async def test_an_embedder_only_adds_to_the_support() -> None:
    answer = "The deposit comes back quickly."
    alone = await groundedness(answer, [HANDBOOK])
    helped = await groundedness(answer, [HANDBOOK], None, HashEmbedder())
    assert 0 < (alone.value or 0) <= (helped.value or 0) < 1
    contrary = await groundedness("We do pay interest on it.", [HANDBOOK], None, HashEmbedder())
    assert contrary.value == 0


@given(SENTENCES, SENTENCES)
async def test_scores_are_from_0_to_1(answer: str, source: str) -> None:
    assert 0 <= (await groundedness(answer, [passage(source)])).value <= 1


@given(SENTENCES)
async def test_a_text_is_grounded_in_itself(text: str) -> None:
    assert (await groundedness(text, [passage(text)])).value == pytest.approx(1)


def test_claims_are_the_sentences_that_say_something() -> None:
    answer = (
        "Sure! Yes, it costs £30 [1]. Is that all right?\n\n## Then\n1. Call us.\n"
        "2. **Wait**: The fee is paid back.\nI cannot say more. Let me know."
    )
    assert [each.text for each in split_claims(answer)] == [
        "it costs £30 .",
        "Call us.",
        "The fee is paid back.",
    ]


@pytest.mark.parametrize(
    ("said", "given_text", "foreign"),
    [
        ("It takes 2 days.", "It takes 48 hours.", []),
        ("It takes 3 weeks.", "It takes three weeks.", []),
        ("It costs £1,200.", "It costs 1200.00 pounds.", []),
        ("It takes 2 days.", "It takes 2 months.", ["2 days"]),
        ("It is 5%.", "It is 5.5%.", ["5%"]),
    ],
)
def test_numbers_agree_by_value_and_kind_of_unit(
    said: str, given_text: str, foreign: list[str]
) -> None:
    assert foreign_numbers(said, given_text) == foreign


def test_names_are_capitalized_words_inside_of_a_sentence() -> None:
    assert foreign_names("Ask Jane in Leeds or NASA.", "jane's office in Leeds") == ["NASA"]
    assert foreign_names("Penguins swim.", "") == []


@pytest.mark.parametrize(
    ("said", "sentence", "contrary"),
    [
        ("The region can be changed.", "The region cannot be changed.", True),
        ("The region can't be changed.", "The region cannot be changed.", False),
        ("You pay without a fee.", "You pay a fee.", True),
        ("It is a no-load fund.", "It is a load fund.", False),
        (
            "We write to you.",
            "If prices fall in the spring we do not write beforehand at all.",
            False,
        ),
    ],
)
def test_a_lone_negation_in_nearly_the_same_sentence_is_contrary(
    said: str, sentence: str, contrary: object
) -> None:
    assert is_contrary(claim(said), sentence) is contrary
