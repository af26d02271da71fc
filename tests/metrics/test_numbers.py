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
        ("Within two weeks.", "14 days", 1),
        ("a hundred and five pounds", "£105", 1),
        ("a quarter, 25 %", 0.25, 1),
        ("0.25", "25 %", 1),
        ("0.3", "25 %", 0),
        ("10-20 kWh", "10 to 20 kWh", 1),
        ("between 10,000 and 20,000 Wh", "10–20 kWh", 1),
        ("10-30 kWh", "10-20 kWh", 0),
        ("It is 10 kWh.", "10-20 kWh", 0),
        ("10-20 kWh", "10 kWh", 0),
        ("10-20 kWh, mostly 15 kWh", "15 kWh", 1),
    ],
)
def test_a_number_counts_with_its_unit(answer: Any, expected: Any, value: float) -> None:
    assert number_close(str(answer), (str(expected),)).value == value


def test_tolerances_are_absolute_or_shares() -> None:
    assert number_close("101", ("100",), tolerance=1).value == 1
    assert number_close("101.1", ("100",), tolerance=1).value == 0
    assert number_close("104", ("100",), relative=0.05).value == 1


def test_which_numbers_count_can_be_said() -> None:
    assert number_close("first 1, then 2", ("1",)).value == 1
    assert number_close("first 1, then 2", ("1",), pick="last").value == 0
    assert number_close("first 1, then 2", ("1",), pick="first").value == 1


def test_an_expected_value_without_a_number_is_no_label() -> None:
    with pytest.raises(InputError, match="'a lot' holds no number"):
        number_close("1", ("a lot",))


@pytest.mark.parametrize(
    ("answer", "value"),
    [("15 kWh", 1), ("12-18 kWh", 1), ("15", 1), ("20 kWh", 1), ("9 kWh", 0), ("15-25 kWh", 0)],
)
def test_a_number_inside_of_the_expected_range_counts_where_that_is_said(
    answer: str, value: float
) -> None:
    assert number_close(answer, ("10-20 kWh",), within=True).value == value
    assert number_close(answer, ("10-20 kWh",)).value == 0


def test_of_several_expected_numbers_one_is_enough() -> None:
    assert number_close("2 years", ("6 months", "24 months")).value == 1


def test_the_explanation_says_what_was_compared() -> None:
    told = number_close("10-20 kWh or 3 days", ("15 kWh", "16 kWh")).explanation
    assert told == "expected 15 kWh or 16 kWh, found 10 kWh to 20 kWh"
