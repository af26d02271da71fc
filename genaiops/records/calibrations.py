"""What people said of answers that a judge scored."""

from genaiops.records.record import Record


class LabelledAnswer(Record):
    """One answer with what each of its raters gave, and the judge's score; None is missing.

    The answer is known by its run, case and repeat, or by `calls`, the digest of the model calls of
    the case, which another run of the same calls has, too. `cluster` is that of the case.
    """

    case_id: str
    run: str
    repeat: int = 0
    calls: str = ""
    cluster: str | None = None
    people: tuple[float, ...]
    judge: float | None

    @property
    def value(self) -> float:
        """What people say of it: the mean of its raters."""
        return sum(self.people) / len(self.people)


class Calibration(Record):
    """The labels behind a metric of an evaluation, in units of that metric.

    `fingerprint` is the digest of the metric that gave the scores: those of another one are not
    calibrated by it. `is_random` says that the answers were drawn at random from their runs.
    """

    eval: str
    metric: str
    fingerprint: str
    low: float
    high: float
    is_random: bool
    labels: tuple[LabelledAnswer, ...]

    @property
    def scored(self) -> tuple[LabelledAnswer, ...]:
        """The labelled answers that the judge scored."""
        return tuple(label for label in self.labels if label.judge is not None)
