import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import (
    ClusterTotals,
    Limit,
    cases_needed_for_limit,
    clean_cases_needed,
    clean_evidence,
    clopper_pearson_low,
    least_n_to_pass_margin,
    limit_share,
    mean_draws,
    pairs_needed,
)
from tests.stats.strategies import steady


@pytest.mark.parametrize(
    ("margin", "pairs"),
    [
        (0.02, (773, 1546, 2628, 4637)),  # 4638 with quantiles rounded to four places
        (0.03, (344, 687, 1168, 2061)),
        (0.05, (124, 248, 421, 742)),
        (0.10, (31, 62, 106, 186)),
    ],
)
def test_pairs_needed_by_discordance_are_the_tabulated_ones(
    margin: float, pairs: tuple[int, ...]
) -> None:
    found = tuple(pairs_needed(share, margin, 0.05) for share in (0.05, 0.10, 0.17, 0.30))
    assert found == pairs


@pytest.mark.parametrize(("margin", "pairs"), [(0.02, 149), (0.05, 59), (0.10, 29)])
def test_without_any_discordance_pairs_are_still_needed(margin: float, pairs: int) -> None:
    assert pairs_needed(0.0, margin, 0.05) == least_n_to_pass_margin(margin, 0.05) == pairs


def test_more_power_takes_more_pairs_and_a_planned_gain_fewer() -> None:
    usual = pairs_needed(0.17, 0.05, 0.05)
    powerful = pairs_needed(0.17, 0.05, 0.05, power=0.9)
    improving = pairs_needed(0.17, 0.05, 0.05, delta_plan=0.02)
    assert usual is not None
    assert powerful is not None
    assert improving is not None
    assert improving < usual < powerful


@pytest.mark.parametrize(("margin", "planned"), [(0.0, 0.0), (0.05, -0.05), (0.05, -0.2)])
def test_no_number_of_pairs_passes_a_drop_of_the_margin(margin: float, planned: float) -> None:
    assert pairs_needed(0.17, margin, 0.05, delta_plan=planned) is None


def test_superiority_can_be_planned_with_a_gain() -> None:
    assert pairs_needed(0.17, 0.0, 0.05, delta_plan=0.05) == 421


def test_an_unchanged_candidate_never_proves_superiority() -> None:
    assert least_n_to_pass_margin(0.0, 0.05) is None


@pytest.mark.parametrize(("rate", "n"), [(0.001, 2995), (0.05, 59), (0.01, 299), (1.0, 1)])
def test_clean_cases_have_their_reference_number(rate: float, n: int) -> None:
    assert clean_cases_needed(rate, 0.05) == n


def test_clusters_of_one_case_prove_what_cases_do() -> None:
    told = [clean_evidence(0.05, 0.05, n, clusters=n, largest=1) for n in (58, 59)]
    assert told[0] < 1 <= told[1]


def test_clusters_of_equal_size_prove_what_so_many_cases_do() -> None:
    told = [clean_evidence(0.05, 0.05, 4 * n, clusters=n, largest=4) for n in (58, 59)]
    assert told[0] < 1 <= told[1]


def test_one_large_cluster_takes_proof_away() -> None:
    small, large = (clean_evidence(0.05, 0.05, 80, clusters=40, largest=size) for size in (2, 20))
    assert large < small


@pytest.mark.parametrize("sizes", [[4] * 20 + [1] * 60, [1] * 90 + [9, 5], [2] * 30 + [3] * 10])
def test_what_clusters_prove_is_what_the_bound_with_a_pseudo_cluster_says(sizes: list[int]) -> None:
    ids = [place for place, size in enumerate(sizes) for _ in range(size)]
    zeros = [0.0] * len(ids)
    draws = ClusterTotals.of(zeros, zeros, ids, lo=-1, hi=1).draws(seed=3)
    told = clean_evidence(0.05, 0.05, len(ids), clusters=len(sizes), largest=max(sizes))
    assert draws.p_above(-0.05) == pytest.approx(0.05**told, rel=0.1)
    assert draws.p_above(-0.05) > 0.9 * 0.05**told, "it is never less than the most that is told"


def needed(values: list[float], limit: Limit) -> int | None:
    return cases_needed_for_limit(values, limit=limit, alpha=0.05, lo=0.0, hi=1.0)


def test_160_clean_cases_are_told_to_become_299() -> None:
    assert needed([0.0] * 160, Limit("at_most", 0.01)) == 299


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([], Limit("at_least", 0.5)),
        ([1.0, 0.0], Limit("at_least", 0.5)),
        ([1.0, 0.0], Limit("at_most", 0.4)),
        ([1.0] * 5, Limit("at_least", 1.0)),
        ([1.0] * 800_001 + [0.0] * 200_000, Limit("at_least", 0.8)),
    ],
    ids=["no values", "at the limit", "wrong side", "no room", "too close"],
)
def test_no_n_would_do(values: list[float], limit: Limit) -> None:
    assert needed(values, limit) is None


@pytest.mark.parametrize("limit", [Limit("at_least", 0.0), Limit("at_most", 1.0)])
def test_a_limit_that_all_values_keep_takes_one_case(limit: Limit) -> None:
    assert needed([0.0, 1.0], limit) == 1


def test_graded_scores_need_the_number_at_which_their_bound_reaches_the_limit() -> None:
    values = [0.2, 0.5, 0.9, 1.0, 0.9]
    n = needed(values, Limit("at_least", 0.62))
    assert n is not None
    repeated = values * (n // len(values))
    low = mean_draws(repeated, repeated, lo=0, hi=1, seed=0).low(0.05)
    assert low == pytest.approx(0.62, abs=0.004)


@steady
@given(st.integers(1, 20), st.data(), st.sampled_from([0.1, 0.5, 0.8]))
def test_repeating_a_share_passes_from_the_number_needed_on(
    n: int, data: st.DataObject, limit: float
) -> None:
    successes = data.draw(st.integers(0, n))
    found = needed([1.0] * successes + [0.0] * (n - successes), Limit("at_least", limit))
    assert (found is None) == (successes / n <= limit)
    if found is not None:
        times = -(-found // n)
        passing = limit_share(
            successes * times,
            successes * times,
            n * times,
            limit=Limit("at_least", limit),
            alpha=0.05,
        )
        assert passing.passes
        fewer = (found - 1) // n
        assert clopper_pearson_low(successes * fewer, n * fewer, 0.05) < limit
