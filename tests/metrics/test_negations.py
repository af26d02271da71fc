import pytest

from genaiops.metrics.negations import is_contrary, is_negated
from genaiops.models.stems import content_words


@pytest.mark.parametrize(
    ("said", "sentence", "contrary"),
    [
        ("The region can be changed.", "The region cannot be changed.", True),
        ("The region can't be changed.", "The region cannot be changed.", False),
        ("You pay without a fee.", "You pay a fee.", True),
        ("It is a no-load fund.", "It is a load fund.", False),
        ("No, you pay a fee.", "You pay a fee.", False),
        ("Shops cannot have a hold.", "The hold is not available to shops.", False),
        ("The hold covers shops.", "The hold does not cover shops.", True),
        (
            "We write to you.",
            "If prices fall in the spring we do not write beforehand at all.",
            False,
        ),
        ("Penguins do not fly.", "You pay a fee.", False),
    ],
)
def test_a_lone_negation_in_nearly_the_same_sentence_is_contrary(
    said: str, sentence: str, contrary: object
) -> None:
    here, there = content_words(said), content_words(sentence)
    assert is_contrary(said, here, sentence, there) is contrary


def test_a_no_that_answers_negates_nothing() -> None:
    assert not is_negated("No, it costs £5.")
    assert is_negated("It has no fee.")
    assert is_negated("It doesn’t matter.")
