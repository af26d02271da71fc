"""What gates say: estimates, verdicts, and the decision over all."""

from typing import Literal

from genaiops.records.record import Record
from genaiops.records.scores import MetricInfo

Word = Literal["pass", "fail", "inconclusive"]
CalibrationWord = Literal["calibrated", "uncalibrated"]


class Estimate(Record):
    """A number with its two-sided interval at `level`; of `n` cases, `missing` lack a score.

    A missing score counts as the worst in `value`, and at both ends in the interval. None is a
    number that is not there: no case, an unbounded side, or too few cases for a bound. `clusters`
    is None where the cases are independent of each other.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    missing: int = 0
    clusters: int | None = None
    level: float
    method: str


class Unstable(Record):
    """The cases whose scores differ between the repeats of an arm, by id.

    `baseline` is None where nothing is compared, or where the baseline has one repeat. `worsened`
    counts those among the cases that got worse, or that a count found broken.
    """

    candidate: tuple[str, ...]
    baseline: tuple[str, ...] | None = None
    worsened: int = 0


class Verdict(Record):
    """What one gate says, with its numbers.

    `estimate` is the candidate's; `baseline` and `difference` (candidate minus baseline) are there
    where the gate compares. `improved` and `worsened` count paired cases. `p_fail` is corrected for
    the number of blocking gates and slices. Where the verdict is inconclusive, `to_decide` says
    what would decide, and `n_needed` is the number of cases that would; None where none would.

    A gate with `margin_ratio` has the typical ratio, candidate over baseline, as its `difference`.

    A gate on slices has a verdict of each in `slices`, the worst first, and `slice` is the name of
    such a part. A slice fails or is inconclusive; its gate fails where any of them does.

    `calibration` says of a gate on a judge whether labels of people stand behind it.
    """

    gate: str
    metric: MetricInfo
    tier: Literal["blocking", "advisory", "report"]
    word: Word
    sentence: str
    estimate: Estimate
    baseline: Estimate | None = None
    difference: Estimate | None = None
    improved: int = 0
    worsened: int = 0
    margin: float | None = None
    margin_ratio: float | None = None
    limit: float | None = None
    p_fail: float | None = None
    n_needed: int | None = None
    to_decide: str | None = None
    blocks: bool = False
    unstable: Unstable | None = None
    slice: str | None = None
    calibration: CalibrationWord | None = None
    slices: tuple["Verdict", ...] = ()


class Decision(Record):
    """All verdicts of an evaluation's gates, and what follows from them.

    `word` is fail if a blocking gate failed, pass if there are blocking gates and all passed, else
    inconclusive. `summary` says in a few words why. `blocked` is what the policy makes of it.
    `compared` is the run that was the baseline, and `changed` names the inputs that differ from its
    own. `against` is for a comparison with another commit, and is to be read first: which one, and
    what a branch changes of policy and data.
    """

    eval: str
    word: Word
    summary: str
    blocked: bool
    policy: str
    policy_sentence: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
    compared: str | None = None
    changed: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
