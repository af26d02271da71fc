import pytest

from genaiops.evaluations.pair_summary import pair_summary
from genaiops.evaluations.reports.terminal.pairs import pairs_text
from genaiops.records import CaseResult, Score


def result(number: int, score: Score | None, answer: str = "a", other: str = "b") -> CaseResult:
    scores = {} if score is None else {"preference": score}
    said = {"case_id": f"c{number}", "status": "scored", "scores": scores}
    return CaseResult.model_validate({**said, "outputs": {"answer": answer, "other": other}})


def pair(value: float, forth: str, back: str) -> Score:
    return Score(value=value, evidence=(forth, back))


WIN, LOSS = pair(1, "first", "second"), pair(0, "second", "first")
FLIP, TIE = pair(0.5, "first", "first"), pair(0.5, "tie", "tie")


def test_wins_ties_losses_and_flips_are_counted() -> None:
    scores = [WIN, WIN, LOSS, FLIP, FLIP, pair(0.5, "second", "second"), TIE]
    found = pair_summary(map(result, range(7), scores), "preference", "answer")
    assert (found.wins, found.ties, found.losses, found.judged) == (2, 4, 1, 7)
    assert (found.flips, found.first_flips) == (3, 2)
    assert (found.unjudged, found.failed) == (0, 0)


def test_pairs_that_nobody_compared_stand_apart() -> None:
    scores = [WIN, Score(reason="judge: empty"), Score(value=0, explanation="node: broke"), None]
    found = pair_summary(map(result, range(4), scores), "preference", "answer")
    assert (found.judged, found.unjudged, found.failed) == (1, 2, 1)
    told = pairs_text(found, "new", "old")
    assert "1 pair lost without an answer of new" in told
    assert "2 pairs could not be judged" in told


def test_of_no_pairs_nothing_is_said() -> None:
    found = pair_summary([], "preference", "answer")
    assert (found.judged, found.longer, found.at_equal_length) == (0, None, None)
    assert pairs_text(found, "new", "old").startswith("  new wins 0, ties 0, old wins 0")


def test_length_is_taken_out_of_many_pairs() -> None:
    results = [
        result(n, WIN if n % 4 else LOSS, answer="a" * (30 if n % 3 else 5), other="b" * 10)
        for n in range(48)
    ]
    found = pair_summary(results, "preference", "answer")
    assert found.longer == pytest.approx((20 * 2 - 5) / 3)
    assert found.at_equal_length is not None
    assert found.at_equal_length.rate == pytest.approx(0.75, abs=0.02)
    assert "its answers are 12 characters longer" in pairs_text(found, "new", "old")


def test_repeats_of_a_case_are_no_cases_of_their_own() -> None:
    scores = [WIN if n % 4 else FLIP for n in range(40)]
    once = pair_summary(map(result, range(40), scores), "preference", "answer")
    results = [result(n, score) for n, score in enumerate(scores) for _ in range(5)]
    found = pair_summary(results, "preference", "answer")
    assert (found.judged, found.cases) == (200, 40)
    assert found.at_equal_length == once.at_equal_length
    assert "25.0% [12.7, 41.2]" in pairs_text(once, "new", "old")
    assert "25.0% [" not in pairs_text(found, "new", "old")
