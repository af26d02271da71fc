from typing import Any

import pytest

from genaiops.errors import InputError
from genaiops.metrics.numbers import number_close


@pytest.mark.parametrize(
    ("answer", "expected", "value"),
    [
        ("It costs £30.00 a month.", "£30", 1),
        ("It costs 30 a month.", "£30", 1),
        ("It costs $30.", "£30", 0),
        ("Within 48 hours", "2 days", 1),
        ("Within 2 months", "2 days", 0),
        ("1,200 kWh", 1200, 1),
        ("nothing", 3, 0),
        (29.9, "29.90p", 1),
        ("29.91", 29.9, 0),
    ],
)
def test_a_number_counts_with_its_unit(answer: Any, expected: Any, value: float) -> None:
    assert number_close(str(answer), expected).value == value


def test_tolerances_are_absolute_or_shares() -> None:
    assert number_close("101", 100, tolerance=1).value == 1
    assert number_close("101.1", 100, tolerance=1).value == 0
    assert number_close("104", 100, relative=0.05).value == 1


def test_which_numbers_count_can_be_said() -> None:
    assert number_close("first 1, then 2", 1).value == 1
    assert number_close("first 1, then 2", 1, pick="last").value == 0
    assert number_close("first 1, then 2", 1, pick="first").value == 1


def test_an_expected_value_without_a_number_is_no_label() -> None:
    with pytest.raises(InputError, match="'a lot' holds no number"):
        number_close("1", "a lot")
