import numpy as np
import pytest

from genaiops.stats import Limit, LimitSplit, LimitTest, Units

FLOOR, CEILING = Limit("at_least", 0.7), Limit("at_most", 0.3)


def scores(values: object, *, hi: float = 1.0) -> Units:
    found = np.asarray(values, np.float64)
    return Units.of_cases(found, found, lo=0, hi=hi)


def followed(limit: Limit, values: object, *, hi: float = 1.0) -> LimitSplit:
    return LimitSplit.start(limit, lo=0, hi=hi).updated(scores(values, hi=hi))


@pytest.mark.parametrize(
    ("limit", "value", "claim"),
    [(FLOOR, 1.0, "pass"), (FLOOR, 0.0, "fail"), (CEILING, 0.0, "pass"), (CEILING, 1.0, "fail")],
)
def test_clear_scores_are_proven_early(limit: Limit, value: float, claim: str) -> None:
    assert followed(limit, [value] * 20).proofs().claim(0.05) == claim


def test_scores_at_the_limit_prove_nothing() -> None:
    assert followed(FLOOR, [0.7] * 5000).proofs().claim(0.05) is None


def test_the_wealth_is_that_of_the_bets_by_hand() -> None:
    more = (
        LimitSplit.start(Limit("at_least", 0.75), lo=0, hi=1).updated(scores([1.0, 0.5, 0.0])).more
    )
    shares = np.geomspace(0.01, 0.9, 24) / 0.75
    planned = min(0.25 / (0.15 + 0.25**2), 0.9 / 0.75)
    wealth = [np.prod(1 + bet * np.array([0.25, -0.25, -0.75])) for bet in shares]
    last = np.prod(1 + planned * np.array([0.25, -0.25, -0.75]))
    assert np.exp(more.log_e) == pytest.approx((np.mean(wealth) + last) / 2)


def test_scores_of_another_range_are_judged_by_their_share_of_it() -> None:
    values = np.random.default_rng(2).random(50)
    stars = followed(Limit("at_least", 2.8), 4 * values, hi=4).proofs()
    assert stars.p_pass == pytest.approx(followed(FLOOR, values).proofs().p_pass)


def test_a_missing_score_counts_for_neither_claim() -> None:
    missing = Units.of_cases([0.0] * 30, [1.0] * 30, lo=0, hi=1)
    proofs = LimitSplit.start(FLOOR, lo=0, hi=1).updated(missing).proofs()
    assert (proofs.p_pass, proofs.p_fail) == (1.0, 1.0)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_limit_at_an_end_of_the_range_can_be_followed(value: float) -> None:
    for side in ("at_least", "at_most"):
        proofs = followed(Limit(side, value), [0.5] * 30).proofs()
        is_kept = (side == "at_least") == (value == 0)
        assert proofs.claim(0.05) == ("pass" if is_kept else "fail")


def test_at_the_cap_the_rest_of_the_error_decides() -> None:
    test = LimitTest(0, 1, passes=True, fails=False, p_pass=0.0349, p_fail=1.0, method="none")
    assert followed(FLOOR, [0.8]).proofs(test).claim(0.05) == "pass"
    assert followed(FLOOR, [0.8]).proofs().claim(0.05) is None


def test_a_mean_at_the_limit_is_hardly_ever_claimed_at_any_of_many_looks() -> None:
    draws = np.random.default_rng(8).random((400, 300)) < 0.7
    proofs = [followed(FLOOR, path.astype(float)).proofs() for path in draws]
    allowed = 0.015 + 3 * (0.015 * 0.985 / 400) ** 0.5
    assert np.mean([each.p_pass <= 0.05 for each in proofs]) <= allowed
    assert np.mean([each.p_fail <= 0.05 for each in proofs]) <= allowed
