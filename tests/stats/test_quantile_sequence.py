import numpy as np
import pytest

from genaiops.stats.quantile_sequence import follow_quantile, quantile_radius


@pytest.mark.parametrize(
    ("n", "expected"), [(500, 0.0542), (1000, 0.0360), (3000, 0.0195), (10000, 0.0102)]
)
def test_the_radius_of_a_95_percent_quantile_has_its_reference_value(
    n: int, expected: float
) -> None:
    assert quantile_radius(n, quantile=0.95, alpha=0.05) == pytest.approx(expected, abs=1e-4)


def test_a_high_quantile_has_no_upper_bound_before_about_600_values() -> None:
    few, many = (follow_quantile(list(range(n)), quantile=0.95, alpha=0.05) for n in (550, 650))
    assert few.high is None
    assert many.high is not None


def test_no_value_is_no_quantile() -> None:
    found = follow_quantile([], quantile=0.5, alpha=0.05)
    assert (found.value, found.low, found.high) == (None, None, None)


def test_bounds_hold_at_all_looks_of_nearly_all_sequences() -> None:
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(200):
        values = rng.random(1500)
        bands = [follow_quantile(values[:n], quantile=0.9, alpha=0.05) for n in range(50, 1501, 50)]
        wrong += any(
            (band.low is not None and band.low > 0.9) or (band.high is not None and band.high < 0.9)
            for band in bands
        )
    assert wrong / 200 <= 0.05
