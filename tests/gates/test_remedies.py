import numpy as np
import pytest

from genaiops.gates.remedies import Units, missing_text, remedy_of


def units(cases: int, incomplete: int = 0) -> Units:
    return Units(np.ones(cases - incomplete), cases, cases, incomplete, is_clustered=False)


@pytest.mark.parametrize(
    ("needed", "n", "incomplete", "text"),
    [
        (105, 60, 0, "about 105 cases"),
        (50, 60, 0, "about 61 cases"),
        (105, 60, 4, "score the 4 cases with missing scores, then about 105 cases"),
        (50, 60, 4, "score the 4 cases with missing scores"),
        (None, 60, 60, "score the 60 cases with missing scores"),
        (None, 60, 0, "no number of cases would: why"),
    ],
)
def test_a_remedy_is_more_cases_missing_scores_both_or_nothing(
    needed: int | None, n: int, incomplete: int, text: str
) -> None:
    assert remedy_of(needed, units(n, incomplete), "why").text == text


def test_what_is_needed_is_always_more_than_there_is() -> None:
    assert remedy_of(50, units(60), "").n_needed == 61


def test_clusters_are_counted_with_the_cases_that_they_would_bring() -> None:
    clustered = Units(np.ones(20), 60, 20, 0, is_clustered=True)
    remedy = remedy_of(59, clustered, "")
    assert (remedy.text, remedy.n_needed) == ("about 59 clusters of cases", 177)


def test_one_incomplete_case_is_singular() -> None:
    assert missing_text(1) == " 1 case lacks a score and counts as the worst."
    assert missing_text(0) == ""
