"""Cases, and how metrics judge them."""

from typing import Literal

from pydantic import JsonValue, model_validator

from genaiops.records.calls import Usage
from genaiops.records.record import Record

Direction = Literal["higher", "lower"]

NOT_APPLICABLE = "not applicable"
"""Begins the reason of a score that a metric does not give for this case; gates leave it out."""


class Case(Record):
    """One labelled input. Cases of one `cluster` are not independent of each other."""

    id: str
    inputs: dict[str, JsonValue]
    expected: dict[str, JsonValue] = {}
    tags: dict[str, JsonValue] = {}
    cluster: str | None = None


class Score(Record):
    """A finite value, or the reason why there is none; never both, never neither.

    `usage` is that of the model that was asked for it, None where none was.
    """

    value: float | None = None
    reason: str | None = None
    explanation: str | None = None
    evidence: tuple[str, ...] = ()
    usage: Usage | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> "Score":
        if (self.value is None) == (self.reason is None):
            raise ValueError("a score has a value or a reason why it has none")
        return self


class MetricInfo(Record):
    """What a metric declares: its range (None is unbounded), direction and digest.

    `name` is the label in reports, `metric` the function behind it. `binary` says that values are
    0 or 1 only. `digest` covers function, version and arguments, and the model or embedder that is
    used. `judge` is the model that is asked for a score, by the catalog's name; the digest is the
    fingerprint of the judge then.
    """

    name: str
    metric: str
    low: float | None
    high: float | None
    direction: Direction
    binary: bool = False
    unit: Literal["share", "s", "usd", "tokens", "score"] = "share"
    digest: str
    judge: str | None = None

    @property
    def worst(self) -> float | None:
        """The worst value of the range; None where that side is unbounded."""
        return self.low if self.direction == "higher" else self.high

    @property
    def best(self) -> float | None:
        """The best value of the range; None where that side is unbounded."""
        return self.high if self.direction == "higher" else self.low
