import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from scipy.special import gammaln

from genaiops.stats import Counts, tango_critical, tango_z
from genaiops.stats.tango import _score, exceeds, tango_p
from tests.stats.strategies import alphas, counts, margins, steady

# docs of the method: critical values at alpha = .05 by margin and number of pairs
CRITICAL = {
    0.02: {20: 1.698, 30: 1.686, 50: 1.688, 100: 1.668, 200: 1.697, 300: 1.656},
    0.03: {20: 1.744, 30: 1.682, 50: 1.665, 100: 1.701, 200: 1.698, 300: 1.692},
    0.05: {20: 1.709, 30: 1.737, 50: 1.770, 100: 1.702, 200: 1.699, 300: 1.676},
    0.10: {20: 1.798, 30: 1.708, 50: 1.665, 100: 1.667, 200: 1.706, 300: 1.658},
}


@pytest.mark.parametrize(
    ("gains", "harms", "n", "z"),
    [(6, 9, 100, 0.51128), (0, 0, 100, 2.29416), (0, 2, 200, 2.59554)],
)
def test_score_has_its_reference_value(gains: int, harms: int, n: int, z: float) -> None:
    assert tango_z(gains, harms, n, 0.05) == pytest.approx(z, abs=1e-5)


def test_score_without_margin_is_that_of_mcnemar() -> None:
    assert tango_z(9, 4, 50, 0.0) == pytest.approx(5 / 13**0.5)
    assert tango_z(0, 0, 50, 0.0) == 0.0


@pytest.mark.parametrize(
    ("margin", "n"), [(margin, n) for margin, row in CRITICAL.items() for n in row]
)
def test_critical_value_has_its_reference_value(margin: float, n: int) -> None:
    assert tango_critical(n, margin, 0.05) == pytest.approx(CRITICAL[margin][n], abs=5.1e-4)


def worst_size(n: int, margin: float, alpha: float, gain_shares: np.ndarray) -> float:
    """The largest P(score exceeds its critical value) at a drop of exactly the margin."""
    gains, harms = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    possible = gains + harms <= n
    gains, harms = (counts[possible].astype(float) for counts in (gains, harms))
    scores = _score(gains, harms, n, -margin)
    proven = exceeds(scores, tango_critical(n, margin, alpha))
    tables = np.stack([gains, harms, n - gains - harms])[:, proven]
    ways = gammaln(n + 1) - gammaln(tables + 1).sum(axis=0)
    sizes = [
        np.exp(np.log([gain, gain + margin, 1 - 2 * gain - margin]) @ tables + ways).sum()
        for gain in gain_shares
    ]
    return float(max(sizes))


def fine_grid(margin: float) -> np.ndarray:
    """Values of P(gain) other than those that the critical value was found with."""
    top = (1 - margin) / 2 - 1e-5
    return np.concatenate([np.geomspace(1.3e-7, 0.02, 500), np.linspace(0.02003, top, 500)])


@pytest.mark.parametrize("margin", [0.0, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("n", [5, 20, 30, 50, 70, 100, 150, 200, 250, 300])
def test_size_is_kept_on_a_finer_grid(n: int, margin: float) -> None:
    assert worst_size(n, margin, 0.05, fine_grid(margin)) <= 0.0505


@pytest.mark.parametrize("alpha", [0.01, 0.1])
def test_size_is_kept_at_other_levels(alpha: float) -> None:
    assert worst_size(40, 0.05, alpha, fine_grid(0.05)) <= alpha + 5e-4


@pytest.mark.parametrize(("n", "margin"), [(310, 0.02), (465, 0.01), (310, 0.05), (562, 0.005)])
def test_size_is_kept_above_300_pairs_when_breakage_is_rare(n: int, margin: float) -> None:
    harms = np.arange(n + 1)
    chances = stats.binom.pmf(harms, n, margin)
    scores = np.array([tango_z(0, int(count), n, margin) for count in harms])
    assert chances[scores > 1.68].sum() > 0.0505
    assert chances[scores > tango_critical(n, margin, 0.05)].sum() <= 0.05


@pytest.mark.parametrize("alpha", [0.05, 0.001])
@pytest.mark.parametrize(("n", "margin"), [(301, 0.1), (400, 0.4), (350, 0.7), (400, 0.7)])
def test_size_is_kept_above_300_pairs_without_ties(n: int, margin: float, alpha: float) -> None:
    harms = np.arange(n + 1)
    chances = stats.binom.pmf(harms, n, (1 + margin) / 2)
    scores = np.array([tango_z(n - int(count), int(count), n, margin) for count in harms])
    assert chances[exceeds(scores, tango_critical(n, margin, alpha))].sum() <= alpha * 1.0001


def test_critical_value_above_300_pairs_is_an_inflated_normal_one() -> None:
    assert tango_critical(1000, 0.05, 0.05) == pytest.approx(1.68)
    assert tango_critical(1000, 0.05, 0.01) == pytest.approx(2.32635 * 1.68 / 1.64485, abs=1e-4)


def test_no_table_reaches_significance_with_too_few_pairs() -> None:
    assert not exceeds(tango_z(2, 0, 2, 0.0), tango_critical(2, 0.0, 0.05))


@pytest.mark.parametrize("n", [10, 301])
def test_a_margin_of_the_whole_range_is_kept_by_any_pair_without_harm(n: int) -> None:
    assert exceeds(tango_z(0, n - 1, n, 1.0), tango_critical(n, 1.0, 0.05))
    assert not exceeds(tango_z(0, n, n, 1.0), tango_critical(n, 1.0, 0.05))


@steady
@given(counts(sizes=(1, 7, 30, 60, 400)), margins, alphas)
def test_p_value_and_critical_value_agree(pairs: Counts, margin: float, alpha: float) -> None:
    score = tango_z(pairs.gains, pairs.harms, pairs.n, margin)
    proven = exceeds(score, tango_critical(pairs.n, margin, alpha))
    assert proven == (tango_p(score, pairs.n, margin) <= alpha)


@steady
@given(counts(), margins)
def test_score_rises_with_gains_and_falls_with_harms(pairs: Counts, margin: float) -> None:
    score = tango_z(pairs.gains, pairs.harms, pairs.n, margin)
    if pairs.gains + pairs.harms < pairs.n:
        assert tango_z(pairs.gains + 1, pairs.harms, pairs.n, margin) > score
        assert tango_z(pairs.gains, pairs.harms + 1, pairs.n, margin) < score
