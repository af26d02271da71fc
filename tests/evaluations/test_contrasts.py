import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from genaiops.evaluations.contrasts import contrast
from tests.evaluations.arms import F1, LATENCY, OK, arm, arms_of, columns_of, contrasts_of, graded
from tests.stats.strategies import few, steady

values = st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])


def matrices(least: int = 6, most: int = 16, arms: int = 3) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(values, min_size=arms, max_size=arms), min_size=least, max_size=most)


def test_means_errors_and_p_values_are_those_of_scipy() -> None:
    scores = graded(50, [0.0, 0.03, 0.1])
    found = contrasts_of(scores)
    for pair, (first, second) in enumerate(found.places()):
        gaps = scores[:, second] - scores[:, first]
        assert found.value[pair] == pytest.approx(gaps.mean(), abs=1e-12)
        assert found.standard_error[pair] == pytest.approx(stats.sem(gaps), abs=1e-12)
        paired = stats.ttest_rel(scores[:, second], scores[:, first])
        assert found.p_value(pair) == pytest.approx(paired.pvalue, abs=1e-9)


def test_two_binary_arms_are_judged_by_mcnemar() -> None:
    scores = [(0, 1)] * 9 + [(1, 0)] + [(1, 1)] * 20
    assert contrasts_of(scores, info=OK).p_adjusted[0] == pytest.approx(
        stats.binomtest(9, 10).pvalue
    )


@steady
@given(matrices())
def test_an_interval_leaves_out_zero_exactly_where_a_difference_is_proven(
    scores: list[list[float]],
) -> None:
    found = contrasts_of(scores, level=0.8)
    assert list(found.proven > 0) == list(found.low > 0)
    assert list(found.proven < 0) == list(found.high < 0)
    assert np.all((found.low <= found.value) & (found.value <= found.high))


@steady
@given(matrices(), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing(
    scores: list[list[float]], random: st.DataObject
) -> None:
    rows = {f"c{n}": row for n, row in enumerate(scores)}
    shuffled = list(rows)
    random.shuffle(shuffled)
    orders = (list(rows), shuffled)
    one, other = (
        contrast(
            columns_of([arm(str(at), {i: rows[i][at] for i in ids}) for at in range(3)]),
            level=0.9,
            seed=3,
        )
        for ids in orders
    )
    assert np.array_equal(one.p_adjusted, other.p_adjusted)
    assert np.array_equal(one.low, other.low)


@steady
@given(matrices())
def test_another_order_of_arms_changes_only_the_signs(scores: list[list[float]]) -> None:
    found, turned = contrasts_of(scores), contrasts_of(np.array(scores)[:, ::-1])
    assert np.allclose(found.value, -turned.value[::-1])
    assert np.allclose(found.low, -turned.high[::-1])
    assert np.array_equal(found.beats(), turned.beats()[::-1, ::-1])


@steady
@given(matrices(arms=2), st.integers(0, 15), st.integers(0, 1))
def test_a_missing_score_never_proves_anything(
    scores: list[list[float]], place: int, which: int
) -> None:
    """With two arms exactly so; with more, other pairs change the critical value a little."""
    full = np.array(scores)
    holed = full.copy()
    holed[place % len(full), which] = np.nan
    before, after = contrasts_of(full, level=0.8), contrasts_of(holed, level=0.8)
    assert after.proven[0] in {0, before.proven[0]}


@few
@given(matrices(least=12, most=20, arms=4), st.integers(0, 19), st.integers(0, 3))
def test_a_missing_score_never_strengthens_its_own_arm(
    scores: list[list[float]], place: int, which: int
) -> None:
    full = np.array(scores)
    holed = full.copy()
    holed[place % len(full), which] = np.nan
    before, after = contrasts_of(full), contrasts_of(holed)
    won = after.beats()[which] & ~before.beats()[which]
    assert not won.any()


def test_what_is_missing_is_taken_against_every_claim() -> None:
    scores = np.array([[0.2, 0.9]] * 20)
    scores[:8, 1] = np.nan
    found = contrasts_of(scores)
    assert found.value[0] == pytest.approx(12 / 20 * 0.7 - 8 / 20 * 0.2)
    assert found.low[0] < found.value[0] < 0.7 < found.high[0]
    assert found.missing[0] == 8


def test_two_arms_that_always_agree_are_not_proven_equal() -> None:
    found = contrasts_of([[0.5, 0.5]] * 60)
    rare = 1 - 0.025 ** (1 / 60)
    assert (found.low[0], found.high[0]) == pytest.approx((-rare, rare))
    assert found.p_adjusted[0] == 1


def test_few_differing_cases_among_many_give_an_interval_from_all_of_them() -> None:
    found = contrasts_of([[1, 0]] * 3 + [[1, 1]] * 57, info=OK)
    reach = 1.96 * np.sqrt(59 / (60 - 1.96**2)) * stats.sem([-1] * 3 + [0] * 57)
    assert not found.can_prove
    assert (found.low[0], found.high[0]) == pytest.approx((-0.05 - reach, -0.05 + reach), abs=1e-5)


def test_the_same_small_gain_on_each_case_is_no_proof_while_a_loss_may_be_rare() -> None:
    few_cases, many = contrasts_of([[0.95, 1.0]] * 30), contrasts_of([[0.95, 1.0]] * 300)
    assert (few_cases.proven[0], many.proven[0]) == (0, 1)
    assert few_cases.low[0] < 0 < many.low[0]


def test_cases_of_one_cluster_count_as_one() -> None:
    gains = [0.9] * 24
    alone = arms_of(np.column_stack([np.full(24, 0.5), gains]))
    together = [
        arm(
            each.label, [case.scores["f1"] for case in each.cases], clusters=["x"] * 12 + ["y"] * 12
        )
        for each in alone
    ]
    assert contrast(columns_of(alone), level=0.95, seed=0).proven[0] == 1
    clustered = contrast(columns_of(together), level=0.95, seed=0)
    assert (clustered.units[0], clustered.cases[0], clustered.proven[0]) == (2, 24, 0)


def test_cases_that_do_not_apply_to_both_are_left_out() -> None:
    scores = np.array([[1.0, 3.0], [2.0, np.nan], [4.0, 5.0], [2.0, 2.5]])
    found = contrasts_of(scores, info=LATENCY)
    assert found.cases[0] == 3
    assert found.value[0] == pytest.approx(-(2 + 1 + 0.5) / 3)


def test_many_pairs_in_parts_are_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = graded(40, [0.0, 0.05, 0.1, 0.2])
    whole = contrasts_of(scores)
    monkeypatch.setattr("genaiops.evaluations.differences._NUMBERS_AT_ONCE", 80)
    parts = contrasts_of(scores)
    assert np.array_equal(whole.p_adjusted, parts.p_adjusted)
    assert np.array_equal(whole.low, parts.low)


@pytest.mark.parametrize(("margin", "is_proven"), [(0.001, False), (0.05, True)])
def test_no_worse_needs_a_margin_that_both_bounds_keep(margin: float, *, is_proven: bool) -> None:
    found = contrasts_of(graded(200, [0.0, 0.0]), info=F1)
    assert found.is_no_worse(1, 0, margin) is is_proven
    assert found.is_no_worse(0, 1, margin) is is_proven


def test_few_clean_cases_do_not_prove_that_breakage_is_rarer_than_the_margin() -> None:
    """Without one failure in 30 cases up to 11.6 % may fail (2.5 % one-sided)."""
    found = contrasts_of([[0.5, 0.5]] * 30)
    assert not found.is_no_worse(1, 0, 0.10)
    assert found.is_no_worse(1, 0, 0.12)


def test_a_little_gain_on_most_cases_is_no_proof_where_rare_failures_could_undo_it() -> None:
    generator = np.random.default_rng(5)
    claims = 0
    for _ in range(100):
        fails = generator.random(30) < 0.05
        scores = np.column_stack([np.full(30, 0.8), np.where(fails, 0.0, 0.8 / 0.95)])
        claims += int(np.any(contrasts_of(scores).proven))
    assert claims <= 2


def test_what_the_guard_leaves_open_has_an_interval_with_zero_in_it() -> None:
    scores = np.column_stack([np.full(20, 0.5), np.full(20, 0.55)])
    scores[0, 1] = 0.56
    found = contrasts_of(scores)
    assert found.proven[0] == 0
    assert found.low[0] < 0 < found.high[0]
    assert found.p_adjusted[0] > 0.05
