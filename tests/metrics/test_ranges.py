import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.quantities import quantities
from genaiops.metrics.ranges import ranges


@pytest.mark.parametrize(
    ("text", "low", "high", "dimension"),
    [
        ("10-20 kWh", 10, 20, "energy"),
        ("10 - 20 kWh", 10, 20, "energy"),
        ("10–20 kWh", 10, 20, "energy"),
        ("500 Wh to 2 kWh", 0.5, 2, "energy"),
        ("between £5 and £8", 5, 8, "gbp"),
        ("£10-20", 10, 20, "gbp"),
        ("$2-3 million", 2e6, 3e6, "usd"),
        ("1,200 to 1,500", 1200, 1500, None),
        ("5 to 10 working days", 5 * 86400, 10 * 86400, "time"),
        ("5-10%", 5, 10, "%"),
        ("2024-2026", 2024, 2026, None),
    ],
)
def test_a_range_has_one_unit(text: str, low: float, high: float, dimension: str | None) -> None:
    [found] = ranges(text)
    assert (found.low.base, found.high.base) == pytest.approx((low, high))
    assert found.low.dimension == found.high.dimension == dimension


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("20-10 kWh", [20, 10]),
        ("2026-11-21", [2026, 11, 21]),
        ("0800-555-1234", [800, 555, 1234]),
        ("10 and 20", [10, 20]),
        ("2 boxes to 3 rooms", [2, 3]),
        ("3 days to 20 kWh", [3, 20]),
        ("5, -3", [5, -3]),
    ],
)
def test_other_numbers_in_a_row_are_no_range(text: str, numbers: list[float]) -> None:
    found = list(ranges(text))
    assert [each.low.number for each in found] == numbers
    assert all(each.low is each.high for each in found)


@given(st.text(st.sampled_from("0123456789-–., kWh£%to and between"), max_size=40))
def test_ranges_hold_all_numbers_and_rise(text: str) -> None:
    found = list(ranges(text))
    assert len(found) <= len(list(quantities(text)))
    assert all(each.low.base <= each.high.base for each in found)
