import pytest
from pydantic import ValidationError

from genaiops.records import Direction, MetricInfo, Score


@pytest.mark.parametrize("fields", [{}, {"value": 1.0, "reason": "none"}], ids=["neither", "both"])
def test_a_score_has_a_value_or_a_reason(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="a value or a reason"):
        Score.model_validate(fields)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_score_is_finite(value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Score(value=value)


@pytest.mark.parametrize(
    ("low", "high", "direction", "worst"),
    [(0.0, 1.0, "higher", 0.0), (0.0, 1.0, "lower", 1.0), (0.0, None, "lower", None)],
)
def test_the_worst_is_that_end_of_the_range_where_it_is_bad(
    low: float, high: float | None, direction: Direction, worst: float | None
) -> None:
    info = MetricInfo(name="m", metric="m", low=low, high=high, direction=direction, digest="")
    assert info.worst == worst
