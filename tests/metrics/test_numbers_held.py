import pytest

from genaiops.metrics.numbers_held import claimed_numbers, numbers_in


@pytest.mark.parametrize(
    ("said", "text", "held"),
    [
        ("It takes 2 days.", "It takes 48 hours.", True),
        ("It takes 3 weeks.", "It takes three weeks.", True),
        ("It costs £1,200.", "It costs 1200.00 pounds.", True),
        ("It takes 2 days.", "It takes 2 months.", False),
        ("It is 5%.", "It is 5.5%.", False),
        ("There are 7.", "There are seven.", True),
        ("It takes twelve weeks.", "It takes twelve months.", False),
    ],
)
def test_numbers_agree_by_value_and_kind_of_unit(said: str, text: str, held: object) -> None:
    (wanted,) = claimed_numbers(said)
    assert numbers_in(text).has(wanted.quantity) is held


@pytest.mark.parametrize(
    ("said", "found", "allowed"),
    [
        ("more than 5 days", "6 days", True),
        ("more than 5 days", "5 days", False),
        ("at least 5 days", "120 hours", True),
        ("less than 5 days", "4 days", True),
        ("at most 5 days", "6 days", False),
        ("It takes 5 days", "6 days", False),
        ("no more than 5 days", "4 days", True),
    ],
)
def test_a_limit_allows_numbers_on_its_side(said: str, found: str, allowed: object) -> None:
    (claimed,) = claimed_numbers(said)
    (number,) = numbers_in(found).of_kind(claimed.quantity)
    assert claimed.allows(number) is allowed


def test_a_number_word_without_a_unit_is_no_number_of_a_claim() -> None:
    assert [each.quantity.text for each in claimed_numbers("One of them takes two days.")] == [
        "2 days"
    ]
