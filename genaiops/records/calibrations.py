"""What people said of answers that a judge scored."""

from genaiops.records.record import Record


class LabelledAnswer(Record):
    """One answer with what each of its raters gave, and the judge's score; None is missing.

    The answer is known by its run, case and repeat. `cluster` is that of the case.
    """

    case_id: str
    run: str
    repeat: int = 0
    cluster: str | None = None
    people: tuple[float, ...]
    judge: float | None

    @property
    def value(self) -> float:
        """What people say of it: the mean of its raters."""
        return sum(self.people) / len(self.people)


class AnsweredRun(Record):
    """A run whose answers are labelled.

    `mark` is as of `EvalRun`, since ids are counted anew elsewhere. `answers` is the digest of all
    that its answers came from, which another run of the same answers has, too; empty where the run
    does not tell.
    """

    id: str
    mark: str
    answers: str = ""


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
    runs: tuple[AnsweredRun, ...]
    labels: tuple[LabelledAnswer, ...]

    @property
    def scored(self) -> tuple[LabelledAnswer, ...]:
        """The labelled answers that the judge scored."""
        return tuple(label for label in self.labels if label.judge is not None)
