import numpy as np
import pytest

from genaiops.stats import ClusterTotals, Units, draw_together, mean_draws


def units(values: list[float], lo: float = 0.0, hi: float = 1.0) -> Units:
    return Units.of_cases(values, values, lo=lo, hi=hi)


def test_the_bounds_are_those_of_single_draws() -> None:
    values = [1.0] * 90 + [0.0] * 10
    (drawn,) = draw_together([units(values)], seed=1)
    alone = mean_draws(values, values, lo=0, hi=1, seed=1)
    assert drawn.low(0.05) == pytest.approx(alone.low(0.05), abs=2e-3)
    assert drawn.high(0.05) == pytest.approx(0.9447, abs=2e-3)
    changes = [1.0] * 6 + [-1.0] * 9 + [0.0] * 85
    (drawn,) = draw_together([units(changes, lo=-1.0)], seed=1)
    assert drawn.low(0.05) == pytest.approx(-0.1051, abs=2e-3)
    assert drawn.high(0.05) == pytest.approx(0.0442, abs=2e-3)


def test_a_mean_is_drawn_the_same_whatever_is_drawn_beside_it() -> None:
    generator = np.random.default_rng(3)
    ones, others, longer = (units(generator.random(n).tolist()) for n in (30, 30, 50))
    alone, beside = draw_together([ones], seed=5)[0], draw_together([longer, others, ones], seed=5)
    assert np.allclose(alone.below, beside[2].below, rtol=0, atol=1e-6)
    assert np.allclose(alone.above, beside[2].above, rtol=0, atol=1e-6)


def test_the_order_of_units_makes_no_difference() -> None:
    there, back = draw_together([units([0.1, 0.5, 1.0]), units([1.0, 0.5, 0.1])], seed=2)
    assert np.array_equal(there.below, back.below)


def test_many_units_of_few_values_are_drawn_by_their_values() -> None:
    many = units([1.0, 0.0] * 1000)
    (drawn,) = draw_together([many], seed=4)
    assert drawn.low(0.05) == pytest.approx(0.4816, abs=2e-3)
    assert drawn.high(0.05) == pytest.approx(0.5184, abs=2e-3)


def test_clusters_are_drawn_as_whole_units() -> None:
    totals = ClusterTotals.of([1, 1, 0, 1], [1, 1, 0, 1], ["a", "a", "b", "c"], lo=0, hi=1)
    (drawn,) = draw_together([Units.of_clusters(totals)], seed=6)
    alone = totals.draws(seed=6)
    assert drawn.n == 3
    assert drawn.low(0.05) == pytest.approx(alone.low(0.05), abs=1e-2)
    assert drawn.high(0.05) == pytest.approx(alone.high(0.05), abs=1e-2)


def test_without_a_unit_the_draws_are_of_the_pseudo_unit() -> None:
    (drawn,) = draw_together([units([])], seed=1)
    assert (drawn.n, set(drawn.below), set(drawn.above)) == (0, {0.0}, {1.0})
