from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.retrieved_text import (
    precision_omega,
    span_iou,
    span_precision,
    span_recall,
)
from genaiops.records import GoldPassage, Passage
from tests.metrics.building import label, span

ALL = (span_recall, span_precision, span_iou)
PLACES = st.tuples(st.integers(0, 99), st.integers(1, 40), st.sampled_from("de"))
RETRIEVED = st.lists(PLACES.map(lambda p: span(p[0], p[0] + p[1], document=p[2])), max_size=6)
GOLD = st.lists(
    PLACES.map(lambda p: label(p[0], p[0] + p[1], document=p[2])), min_size=1, max_size=4
)


def scores(passages: list[Passage], gold: list[GoldPassage]) -> list[float]:
    return [score(passages, gold) for score in ALL]


def test_scores_are_those_of_the_definitions() -> None:
    # 5 of 10 labelled characters in 20 retrieved ones
    assert scores([span(5, 25)], [label(0, 10)]) == pytest.approx([0.5, 0.25, 5 / 25])
    assert scores([], [label(0, 10)]) == [0, 0, 0]
    assert scores([span(0, 10, document="e")], [label(0, 10)]) == [0, 0, 0]


def test_text_that_was_retrieved_twice_is_paid_for_twice() -> None:
    gold = [label(0, 10)]
    assert scores([span(0, 10), span(0, 10)], gold) == pytest.approx([1, 0.5, 0.5])


def test_only_the_first_k_count() -> None:
    assert span_recall([span(50, 60), span(0, 10)], [label(0, 10)], k=1) == 0


def test_labels_that_overlap_count_once() -> None:
    assert scores([span(0, 10)], [label(0, 10), label(5, 10)]) == [1, 1, 1]


@given(RETRIEVED, GOLD)
@pytest.mark.parametrize("score", ALL)
def test_scores_are_from_0_to_1(
    score: Callable[..., float], passages: list[Passage], gold: list[GoldPassage]
) -> None:
    assert 0 <= score(passages, gold) <= 1


@given(GOLD)
def test_one_label_retrieved_is_all_there_is(gold: list[GoldPassage]) -> None:
    assert scores([*gold[:1]], gold[:1]) == [1, 1, 1]


@given(RETRIEVED, GOLD)
def test_iou_is_the_smallest(passages: list[Passage], gold: list[GoldPassage]) -> None:
    recall, precision, iou = scores(passages, gold)
    assert iou <= min(recall, precision) + 1e-12


def test_precision_omega_is_that_of_all_chunks_with_labelled_text() -> None:
    chunks = [span(start, start + 10) for start in range(0, 100, 10)]
    # characters 5 to 15: two chunks of ten
    assert precision_omega(chunks, [label(5, 15)]) == 0.5
    # characters 5 to 10 touch the chunk that begins at 10
    assert precision_omega(chunks, [label(5, 10)]) == 0.25
    assert precision_omega([span(0, 8)], [label(5, 15)]) == pytest.approx(3 / 15)
    assert precision_omega([span(0, 8)], [label(0, 8)]) == 1
    assert precision_omega([], [label(0, 8)]) == 0
