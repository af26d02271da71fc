import pytest

from genaiops.errors import InputError
from genaiops.metrics import metric
from genaiops.metrics.declare import MetricDeclaration, declaration_of


def test_a_decorated_function_stays_a_function() -> None:
    @metric(range=(0, 5), direction="lower", unit="tokens")
    def length(answer: str) -> int:
        return len(answer)

    assert length("abc") == 3
    declared = declaration_of(length)
    assert (declared.range, declared.direction, declared.shown_unit) == ((0, 5), "lower", "tokens")


def test_an_undecorated_function_scores_from_0_to_1_and_more_is_better() -> None:
    declared = declaration_of(len)
    assert (declared.range, declared.direction, declared.shown_unit) == ((0, 1), "higher", "share")


def test_a_range_beyond_shares_is_a_plain_score() -> None:
    assert metric(range=(1, 5)).shown_unit == "score"


def test_a_range_goes_from_low_to_high() -> None:
    with pytest.raises(InputError, match="from low to high, not"):
        metric(range=(1, 0))


def test_a_direction_is_higher_or_lower() -> None:
    with pytest.raises(InputError, match="unknown direction 'highr'; did you mean 'higher'"):
        metric(direction="highr")


def test_what_cannot_be_called_is_no_metric() -> None:
    with pytest.raises(InputError, match="is no function"):
        declaration_of(3)


def test_what_applies_when_is_no_function_is_told() -> None:
    with pytest.raises(InputError, match="applies_when is a function of what the case gives"):
        MetricDeclaration(applies_when="${case.expected.answerable}")  # pyright: ignore[reportArgumentType]  a user's mistake
