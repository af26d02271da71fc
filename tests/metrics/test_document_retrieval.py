from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.metrics.document_retrieval import (
    Document,
    document_map,
    document_mrr,
    document_ndcg,
    document_precision,
    document_recall,
)
from tests.metrics.building import bind, case_of, label, run_of, span

ALL = (document_recall, document_precision, document_mrr, document_map, document_ndcg)
NAMES = st.lists(st.sampled_from("abcdef"), max_size=8)


def named(names: Sequence[str]) -> list[Document]:
    return [Document(document=name) for name in names]


@pytest.mark.parametrize(
    ("found", "wanted", "scores"),
    [
        # relevance 0 1 1 of three: (1/log2 3 + 1/log2 4) / (1/log2 2 + 1/log2 3)
        ("xab", "ab", (1, 2 / 3, 1 / 2, (1 / 2 + 2 / 3) / 2, 1.13093 / 1.63093)),
        # Manning et al. 2008, section 8.4: precisions at the ranks of what is wanted
        ("axb", "abc", (2 / 3, 2 / 3, 1, (1 + 2 / 3) / 3, 1.5 / 2.13093)),
        ("xyz", "a", (0, 0, 0, 0, 0)),
        ("", "a", (0, 0, 0, 0, 0)),
    ],
)
def test_scores_are_those_of_the_definitions(
    found: str, wanted: str, scores: tuple[float, ...]
) -> None:
    got = [score(named(found), named(wanted)) for score in ALL]
    assert got == pytest.approx(scores, abs=1e-5)


def test_a_document_has_the_rank_of_its_first_passage() -> None:
    passages = [span(0, 5, document=name) for name in "xxa"]
    assert document_mrr(passages, named("a")) == 0.5
    assert document_recall(passages, named("a"), k=2) == 1
    assert document_precision(passages, named("a")) == 0.5


def test_ndcg_minds_graded_relevance() -> None:
    # gains 1 0 3 of three: (1 + 3/2) / (3 + 1/log2 3); of several labels the highest counts
    gold = [label(0, 5, document="a"), *(label(0, 5, document="b", relevance=r) for r in (3, 2))]
    assert document_ndcg(named("axb"), gold) == pytest.approx(2.5 / 3.63093, abs=1e-5)


@pytest.mark.parametrize("score", ALL)
def test_a_document_that_is_not_relevant_is_not_wanted(score: Callable[..., float]) -> None:
    gold = [Document(document="a"), Document(document="b", relevance=0)]
    assert score(named("a"), gold) == 1
    assert score(named("b"), gold) == 0


@given(NAMES, NAMES.filter(bool), st.none() | st.integers(1, 7))
@pytest.mark.parametrize("score", ALL)
def test_scores_are_from_0_to_1(
    score: Callable[..., float], found: list[str], wanted: list[str], k: int | None
) -> None:
    assert 0 <= score(named(found), named(wanted), k=k) <= 1


@given(NAMES.filter(bool))
@pytest.mark.parametrize("score", ALL)
def test_the_labels_themselves_are_found(score: Callable[..., float], names: list[str]) -> None:
    assert score(named(names), named(names)) == pytest.approx(1)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "gold",
    [
        ["b.md", "a.md"],
        [{"document": "a.md", "relevance": 2}, {"document": "b.md"}],
        [label(0, 9, document="a.md").model_dump(), label(0, 9, document="b.md").model_dump()],
    ],
)
async def test_labels_are_passages_or_names_of_documents(gold: JsonValue) -> None:
    metric = bind({"document_recall": {"gold": "${case.expected.passages}"}})
    passages: JsonValue = [span(0, 9, document="a.md").model_dump()]
    score = await metric.score(case_of({"passages": gold}), run_of(outputs={"passages": passages}))
    assert score.value == 0.5


@pytest.mark.anyio
async def test_a_case_without_wanted_documents_is_left_out() -> None:
    metric = bind("document_map")
    score = await metric.score(case_of({"passages": []}), run_of(outputs={"passages": []}))
    assert score.reason == "not applicable: no gold passages"


@pytest.mark.anyio
async def test_a_label_that_names_no_document_is_told() -> None:
    metric = bind("document_recall")
    score = await metric.score(case_of({"passages": [{"id": 3}]}), run_of(outputs={"passages": []}))
    assert score.reason == "gold.0.document: field required, not {'id': 3}"
