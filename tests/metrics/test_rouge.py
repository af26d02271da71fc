from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from genaiops.metrics.rouge import rouge_1, rouge_2, rouge_l

TEXTS = st.text(max_size=60)
ASCII = st.text(st.sampled_from("ab cd. The the an x1-,'"), max_size=60)
ALL = (rouge_1, rouge_2, rouge_l)


@pytest.mark.parametrize(
    ("answer", "expected", "scores"),
    [
        # the worked example of Lin 2004, section 3.1: police killed the gunman
        ("police kill the gunman", "police killed the gunman", (3 / 4, 1 / 3, 3 / 4)),
        ("the gunman kill police", "police killed the gunman", (3 / 4, 1 / 3, 1 / 2)),
        ("", "police", (0, 0, 0)),
        ("東京都", "東京", (0.8, 2 / 3, 0.8)),
    ],
)
def test_scores_are_those_of_the_definition(
    answer: str, expected: str, scores: tuple[float, ...]
) -> None:
    assert [score(answer, (expected,)) for score in ALL] == pytest.approx(scores)


@given(ASCII, ASCII)
def test_scores_are_those_of_the_reference(left: str, right: str) -> None:
    names = ("rouge1", "rouge2", "rougeL")
    reference = RougeScorer(list(names)).score(left, right)
    if left.split() != right.split():
        for name, score in zip(names, ALL, strict=True):
            mine = score(right, (left,))
            if mine != 1:  # the reference has 0 for equal texts without a pair of words
                assert mine == pytest.approx(reference[name].fmeasure)


@given(TEXTS, TEXTS)
@pytest.mark.parametrize("score", ALL)
def test_overlaps_are_symmetric_and_from_0_to_1(
    score: Callable[..., float], left: str, right: str
) -> None:
    assert 0 <= score(left, (right,)) <= 1
    assert score(left, (right,)) == score(right, (left,))


@given(TEXTS)
@pytest.mark.parametrize("score", ALL)
def test_a_text_is_like_itself(score: Callable[..., float], text: str) -> None:
    assert score(text, (text,)) == 1


@pytest.mark.parametrize("score", ALL)
def test_of_several_expected_texts_the_best_counts(score: Callable[..., float]) -> None:
    assert score("two weeks", ("a month", "two weeks")) == 1
    assert score("two weeks", ()) == 0
