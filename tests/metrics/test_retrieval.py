from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.metrics.retrieval import (
    passage_map,
    passage_mrr,
    passage_ndcg,
    passage_precision,
    passage_recall,
)
from genaiops.records import GoldPassage, Passage
from tests.metrics.building import bind, case_of, label, run_of, span

LENGTH = 200
SPANS = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 60), st.sampled_from("de")).map(
    lambda parts: span(parts[0], parts[0] + parts[1], document=parts[2])
)
LABELS = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 60), st.sampled_from("de")).map(
    lambda parts: label(parts[0], parts[0] + parts[1], document=parts[2])
)
GOLD = st.lists(LABELS, min_size=1, max_size=4)
RETRIEVED = st.lists(SPANS, max_size=6)
ALL = (passage_recall, passage_precision, passage_mrr, passage_map, passage_ndcg)


def cut(passages: list[Passage], at: int) -> list[Passage]:
    """The same text in pieces of at most so many characters."""
    return [
        span(start, min(start + at, each.end), document=each.document)
        for each in passages
        for start in range(each.start, each.end, at)
    ]


def test_a_gold_passage_is_found_when_half_of_it_is_covered() -> None:
    gold = [label(0, 10)]
    assert passage_recall([span(5, 30)], gold) == 1
    assert passage_recall([span(6, 30)], gold) == 0
    assert passage_recall([span(6, 30)], gold, coverage=0.4) == 1
    assert passage_recall([span(0, 10, document="other")], gold) == 0


def test_passages_find_a_gold_passage_together_and_overlaps_count_once() -> None:
    gold = [label(0, 12)]
    assert passage_recall([span(0, 3), span(9, 20)], gold) == 1
    assert passage_recall([span(0, 5), span(1, 5), span(0, 4)], gold) == 0


def test_only_the_first_k_count() -> None:
    passages, gold = [span(50, 60), span(0, 10)], [label(0, 10)]
    assert passage_recall(passages, gold, k=1) == 0
    assert passage_recall(passages, gold, k=2) == 1
    assert passage_mrr(passages, gold, k=1) == 0
    assert passage_mrr(passages, gold) == 0.5


def test_relevance_minds_the_shorter_of_passage_and_label() -> None:
    assert passage_precision([span(0, 100), span(4, 6), span(90, 99)], [label(0, 10)]) == (
        pytest.approx(2 / 3)
    )


def test_a_retrieval_that_finds_nothing_scores_nothing() -> None:
    assert [score([], [label(0, 5)]) for score in ALL] == [0, 0, 0, 0, 0]


def test_ndcg_of_whole_documents_is_that_of_binary_relevance() -> None:
    # relevance 0 1 1 of three: (1/log2 3 + 1/log2 4) / (1/log2 2 + 1/log2 3)
    passages = [span(0, 9, document=name) for name in "xab"]
    gold = [label(0, 9, document=name) for name in "ab"]
    assert passage_ndcg(passages, gold) == pytest.approx((0.63093 + 0.5) / 1.63093, abs=1e-5)


def test_average_precision_of_whole_documents_is_the_published_one() -> None:
    # relevance 1 0 1 of three, and one that was not found: (1/1 + 2/3) / 3
    passages = [span(0, 9, document=name) for name in "axb"]
    gold = [label(0, 9, document=name) for name in "abc"]
    assert passage_map(passages, gold) == pytest.approx((1 + 2 / 3) / 3)
    assert passage_map(passages, gold, k=2) == pytest.approx(1 / 3)


def test_average_precision_minds_the_rank_that_completes_a_gold_passage() -> None:
    # each passage is relevant; the second makes the label found
    assert passage_map([span(0, 4), span(4, 8)], [label(0, 10)]) == 1
    assert passage_map([span(0, 4), span(90, 94), span(4, 8)], [label(0, 10)]) == (
        pytest.approx(2 / 3)
    )


def test_ndcg_minds_graded_relevance() -> None:
    # gains 1 0 3 of three: (1 + 3/2) / (3 + 1/log2 3)
    passages = [span(0, 9, document=name) for name in "axb"]
    gold = [label(0, 9, document="a"), label(0, 9, document="b", relevance=3)]
    assert passage_ndcg(passages, gold) == pytest.approx(2.5 / 3.63093, abs=1e-5)


@pytest.mark.parametrize("score", ALL)
def test_a_label_that_is_not_relevant_is_not_wanted(score: Callable[..., float]) -> None:
    labels = [label(0, 9), label(20, 29, relevance=0)]
    assert score([span(0, 9)], labels) == score([span(0, 9)], labels[:1]) == 1
    assert score([span(20, 29)], labels) == 0


def test_ndcg_counts_text_that_was_found_twice_once() -> None:
    gold = [label(0, 10)]
    assert passage_ndcg([span(0, 10), span(0, 10)], gold) == 1
    assert passage_ndcg([span(0, 5), span(0, 10)], gold) < 1


def test_an_empty_label_is_a_mistake() -> None:
    with pytest.raises(InputError, match="gold passage 3-3 of 'd' is empty"):
        passage_recall([], [label(3, 3)])


@given(RETRIEVED, GOLD, st.integers(1, 80))
def test_recall_survives_rechunking(
    passages: list[Passage], gold: list[GoldPassage], at: int
) -> None:
    assert passage_recall(cut(passages, at), gold) == passage_recall(passages, gold)


@given(GOLD, st.integers(1, LENGTH + 60))
def test_any_chunking_of_the_whole_source_finds_everything(
    gold: list[GoldPassage], at: int
) -> None:
    whole = [span(0, LENGTH + 60, document=name) for name in "de"]
    assert passage_recall(cut(whole, at), gold) == 1
    assert passage_mrr(cut(whole, at), gold) > 0


@given(RETRIEVED, GOLD, st.none() | st.integers(1, 7))
@pytest.mark.parametrize("score", ALL)
def test_scores_are_from_0_to_1(
    score: Callable[..., float], passages: list[Passage], gold: list[GoldPassage], k: int | None
) -> None:
    assert 0 <= score(passages, gold, k=k) <= 1


@given(GOLD)
def test_the_labels_themselves_are_found(gold: list[GoldPassage]) -> None:
    assert passage_recall(gold, gold) == 1
    assert passage_precision(gold, gold) == 1
    assert passage_mrr(gold, gold) == 1
    assert passage_map(gold, gold) == pytest.approx(1)


@given(st.lists(LABELS, min_size=1, max_size=1))
def test_the_one_label_itself_is_the_best_ranking(gold: list[GoldPassage]) -> None:
    assert passage_ndcg(gold, gold) == pytest.approx(1)


@pytest.mark.anyio
async def test_a_case_without_gold_passages_is_left_out_whatever_the_run_did() -> None:
    metric = bind("passage_recall")
    score = await metric.score(case_of({"passages": []}), run_of(outputs={"passages": []}))
    assert score.reason == "not applicable: no gold passages"
    judged = [label(0, 9, relevance=0).model_dump()]
    score = await metric.score(case_of({"passages": judged}), run_of(outputs={"passages": []}))
    assert score.reason == "not applicable: no gold passages"


@pytest.mark.anyio
async def test_passages_come_from_the_run_and_labels_from_the_case() -> None:
    metric = bind({"passage_recall": {"as": "r1", "k": 1}})
    found = [span(0, 9).model_dump(), span(20, 29).model_dump()]
    case = case_of({"passages": [span(0, 9).model_dump(), span(20, 29).model_dump()]})
    assert (await metric.score(case, run_of(outputs={"passages": found}))).value == 0.5
    assert metric.info.name == "r1"
