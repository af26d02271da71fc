"""The range of a metric's values."""

from dataclasses import dataclass

from genaiops.records import MetricInfo


@dataclass(frozen=True, slots=True)
class Range:
    """A bounded range of values."""

    low: float
    high: float

    @property
    def span(self) -> float:
        return self.high - self.low


def bounded_range(info: MetricInfo) -> Range | None:
    """The range of a metric; None where one of its sides is unbounded."""
    if info.low is None or info.high is None:
        return None
    return Range(info.low, info.high)


def range_of(info: MetricInfo) -> Range:
    """The range of a metric that has one.

    Raises:
        ValueError: one of its sides is unbounded.
    """
    values = bounded_range(info)
    if values is None:
        raise ValueError(f"{info.name} has no bounded range")
    return values


def range_text(info: MetricInfo) -> str:
    """The range in words: "0 to 1", "0 to unbounded"."""
    low = "unbounded" if info.low is None else f"{info.low:g}"
    high = "unbounded" if info.high is None else f"{info.high:g}"
    return f"{low} to {high}"
