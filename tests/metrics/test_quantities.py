from typing import Any

import pytest

from genaiops.metrics.quantities import quantities


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("1,234.5", 1234.5, None), ("1.234,56", 1234.56, None), ("1 234 567", 1234567, None),
        ("1'234", 1234, None), ("1,234", 1234, None), ("3,5", 3.5, None), ("1.234", 1.234, None),
        ("1.234.567", 1234567, None), ("-5", -5, None), ("−5 %", -5, "%"), ("12 per cent", 12, "%"),
        ("£30", 30, "gbp"), ("£-4.50", -4.5, "gbp"), ("-£4.50", -4.5, "gbp"), ("71p", 0.71, "gbp"),
        ("20 €", 20, "eur"), ("$2.5 million", 2.5e6, "usd"), ("3k", 3000, None), (".5", 0.5, None),
        ("2 days", 172800, "time"), ("48 hr", 172800, "time"), ("a 12-month plan", 12, "months"),
        ("2 years", 24, "months"), ("500 Wh", 0.5, "energy"), ("7 widgets", 7, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(
    text: str, value: Any, dimension: str | None
) -> None:
    [found] = quantities(text)
    assert found.base == pytest.approx(value)
    assert found.dimension == dimension


def test_a_number_inside_of_a_word_is_none() -> None:
    assert list(quantities("v1 and A4")) == []


def test_all_numbers_of_a_text_are_found_in_order() -> None:
    found = [each.number for each in quantities("Between £10 and £20, by 3 May 2027.")]
    assert found == [10, 20, 3, 2027]
