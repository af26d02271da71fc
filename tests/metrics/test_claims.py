import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.claims import split_claims


def said(answer: str) -> list[str]:
    return [claim.text for claim in split_claims(answer)]


def test_claims_are_the_sentences_that_say_something() -> None:
    answer = (
        "Sure! Yes, it costs £30 [1]. Is that all right?\n\n## Then\n1. Call us.\n"
        "2. **Wait**: The fee is paid back.\nI cannot say more. Let me know."
    )
    assert said(answer) == ["Yes, it costs £30 .", "Call us.", "The fee is paid back."]


@pytest.mark.parametrize(
    "answer", ["I don't know.", "The handbook does not say.", "Yes.", "No!", "", "# Heading", "…"]
)
def test_a_refusal_a_mere_yes_and_a_heading_claim_nothing(answer: str) -> None:
    assert said(answer) == []


@pytest.mark.parametrize(
    "answer",
    ["I'm not sure, but the books have been sold out.", "i do not know that. it was sold in 1990."],
)
def test_what_is_said_beside_a_refusal_makes_a_claim_of_it(answer: str) -> None:
    assert said(answer) == [answer]


def test_where_nothing_else_is_said_small_talk_is_taken_as_it_is() -> None:
    assert said("Is it cold outside?") == ["Is it cold outside?"]
    assert said("It is cold outside. Is it cold?") == ["It is cold outside."]


def test_a_claim_has_its_words_as_stems() -> None:
    (claim,) = split_claims("The meters are read twelve times.")
    assert claim.tokens == ("the", "meters", "are", "read", "twelve", "times")
    assert claim.content == ("meter", "read", "12", "tim")
    assert claim.words == frozenset(claim.content)


@given(st.text(max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    assert all(claim.tokens for claim in split_claims(text))
