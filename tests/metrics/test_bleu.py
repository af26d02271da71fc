import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from genaiops.metrics.bleu import bleu

PIECES = ("cat", "Cat", "the", "3.5", "1,000", "don't", "end.", "(x)", "5-6", "and/or", "$3", "a:")
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map(" ".join)
TEXTS = st.text(max_size=40)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_bleu_is_that_of_sacrebleu(answer: str, expected: list[str]) -> None:
    reference = BLEU(effective_order=True).sentence_score(answer, expected).score / 100
    assert bleu(answer, tuple(expected)) == pytest.approx(reference)


def test_bleu_gives_the_published_example() -> None:
    # Papineni et al. 2002, section 2.1: of seven "the" two are in the reference that has most
    wanted = ("The cat is on the mat.", "There is a cat on the mat.")
    first = bleu("the the the the the the the", wanted)
    # precisions 1/7 ("The" and "the" differ), then halves of 1/6, quarters of 1/5, eighths of 1/4
    assert first == pytest.approx((1 / 7 / (2 * 6) / (4 * 5) / (8 * 4)) ** 0.25)


def test_a_short_answer_is_not_better_for_its_shortness() -> None:
    assert bleu("on the mat", ("the cat is on the mat",)) == pytest.approx(2.718281828 ** (1 - 2))


def test_letters_of_scripts_without_spaces_are_words() -> None:
    # precisions 4/6, 3/5, 2/4, 1/3
    assert bleu("東京都庁前駅", ("東京都庁",)) == pytest.approx((1 / 15) ** 0.25)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_bleu_is_from_0_to_1(answer: str, expected: list[str]) -> None:
    assert 0 <= bleu(answer, tuple(expected)) <= 1


@given(TEXTS)
def test_a_text_is_like_itself(text: str) -> None:
    assert bleu(text, (text,)) == 1
