from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.reports.html.svg import WIDTH, axis_of, plot, scale
from genaiops.gates import number_style
from genaiops.records import Estimate
from tests.evaluations.build import F1

NUMBERS = st.floats(-1e6, 1e6)


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high, n=9, level=0.9, method="gaffke")


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted), min_size=1, max_size=5))
def test_an_axis_holds_what_is_drawn_on_it(found: list[list[float]]) -> None:
    estimates = [estimate(value, low, high) for low, value, high in found]
    axis = axis_of(estimates, low=None, high=None)
    assert axis is not None
    assert axis.low < axis.high
    assert 2 <= len(axis.ticks) <= 8
    for entry in estimates:
        for number in (entry.low, entry.value, entry.high):
            assert number is not None
            assert axis.low <= number <= axis.high or abs(number) < 1e-9 * max(map(abs, axis.ticks))
            assert 0 < float(axis.x(number)) < WIDTH


def test_an_axis_stays_within_the_range_of_its_metric() -> None:
    axis = axis_of([estimate(0.98, 0.91, 0.999)], low=0, high=1)
    assert axis is not None
    assert axis.high == 1
    assert axis.ticks[-1] == 1


def test_without_a_value_there_is_no_axis() -> None:
    assert axis_of([estimate(None)], low=0, high=1) is None


def test_one_value_alone_has_an_axis_around_it() -> None:
    axis = axis_of([estimate(1.0, 1.0, 1.0)], low=0, high=1)
    assert axis is not None
    assert axis.low < 1 <= axis.high


def test_an_interval_is_drawn_with_its_words_and_an_open_side_to_the_edge() -> None:
    axis = axis_of([estimate(0.2), estimate(0.8)], low=0, high=1)
    assert axis is not None
    drawn = plot(estimate(0.5, 0.4, None), axis, "a < b", count(1))
    assert '<title id="plot-1">a &lt; b</title>' in drawn
    assert 'role="img" aria-labelledby="plot-1"' in drawn
    assert f'x2="{axis.x(axis.high)}"' in drawn.split('class="span"')[0]


def test_the_labels_of_an_axis_are_in_the_unit_of_the_metric() -> None:
    axis = axis_of([estimate(0.2), estimate(0.8)], low=0, high=1)
    assert axis is not None
    assert ">20%<" in scale(axis, number_style(F1), count(1))
