import pytest

from genaiops.gates.ranges import bounded_range, range_of, range_text
from tests.gates.build import LATENCY, RATING


def test_a_range_has_a_span() -> None:
    assert range_of(RATING).span == 4


def test_an_unbounded_metric_has_no_range() -> None:
    assert bounded_range(LATENCY) is None
    with pytest.raises(ValueError, match="latency has no bounded range"):
        range_of(LATENCY)


def test_a_range_is_written_in_words() -> None:
    assert (range_text(RATING), range_text(LATENCY)) == ("1 to 5", "0 to unbounded")
