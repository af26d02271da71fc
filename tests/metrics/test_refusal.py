from typing import Any

import pytest

from genaiops.metrics.refusal import is_refusal, refusal


@pytest.mark.parametrize(
    "text",
    [
        "The handbook does not say.", "I don't know.", "I don’t know the answer to that.",
        "I'm sorry, but I can't help with that.", "The passages do not mention a deposit.",
        "There is no information about this in the documents.", "Sorry, I cannot answer that.",
        "I am unable to find that.", "This is not mentioned in the context provided.", "N/A",
        "I do not have enough information to answer.", "The provided context doesn't contain it.",
        "Unfortunately, the document does not specify the fee. You could call us.",
        "No information is available.", "I have to decline.",
    ],
)  # fmt: skip
def test_refusals_are_seen(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "No, we do not charge a fee.", "You cannot change the region.", "", "We don't write.",
        "If you do not know your meter number, look at your bill.", "It is not refundable.",
        "The meter does not need a battery.", "You do not have to provide a reading.",
        "Sorry to hear that. Call 105.", "30 days",
    ],
)  # fmt: skip
def test_answers_with_a_negation_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)


def test_only_the_first_200_characters_are_looked_at() -> None:
    assert not is_refusal("We will pay. " * 20 + "I don't know.")


def test_own_phrases_are_refusals_too() -> None:
    assert not is_refusal("Frag bitte jemand anderen.")
    assert is_refusal("Frag bitte jemand  anderen.", ("frag bitte jemand anderen",))
    assert not is_refusal("Ja.", ("",))


@pytest.mark.parametrize(
    ("answer", "answerable", "value"),
    [("I don't know.", False, 1), ("I don't know.", True, 0), ("£30", True, 1), ("£30", False, 0)],
)
def test_refusing_is_right_where_there_is_no_answer(
    answer: Any, answerable: Any, value: Any
) -> None:
    assert refusal(answer, answerable).value == value
