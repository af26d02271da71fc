import pytest

from genaiops.gates.remedies import missing_text, remedy_of


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
    assert remedy_of(needed, n, incomplete, "why").text == text


def test_what_is_needed_is_always_more_than_there_is() -> None:
    assert remedy_of(50, 60, 0, "").n_needed == 61


def test_one_incomplete_case_is_singular() -> None:
    assert missing_text(1) == " 1 case lacks a score and counts as the worst."
    assert missing_text(0) == ""
