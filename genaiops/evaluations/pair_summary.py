"""What a pairwise judge said of the answers of two runs, over all cases. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genaiops.metrics.judges.pairwise import said_in_both_orders
from genaiops.records import CaseResult, Score
from genaiops.specs.judge import OTHER
from genaiops.stats.length_control import LengthControlled, length_controlled


@dataclass(frozen=True, slots=True)
class PairSummary:
    """Counts of judged pairs, and how far place and length had a part in them.

    `flips` are the pairs whose winner changed with the order; of these the answer that was shown
    first won `first_flips`. `longer` is how many characters the answers are longer than the others
    on average. `unjudged` pairs have no score, and `failed` are lost since there is no answer.
    `cases` are fewer than the judged pairs where cases were repeated: pairs of one case are alike.
    """

    wins: int
    ties: int
    losses: int
    unjudged: int
    failed: int
    flips: int
    first_flips: int
    cases: int
    longer: float | None
    at_equal_length: LengthControlled | None

    @property
    def judged(self) -> int:
        """The pairs that the judge compared in both orders."""
        return self.wins + self.ties + self.losses


def pair_summary(results: Iterable[CaseResult], metric: str, answer: str) -> PairSummary:
    """Sum up the pairs of a run.

    Args:
        results: of the run.
        metric: the label of the judge.
        answer: the output that was judged.
    """
    values: list[float] = []
    longer: list[float] = []
    cases: list[str] = []
    flips: list[str] = []
    unjudged = failed = 0
    for result in results:
        score = result.scores.get(metric, Score(reason="the case was not scored"))
        said = said_in_both_orders(score)
        if score.value is None or said is None:
            unjudged += score.value is None
            failed += score.value is not None
            continue
        outputs = result.outputs or {}
        values.append(score.value)
        cases.append(result.case_id)
        longer.append(len(str(outputs.get(answer, ""))) - len(str(outputs.get(OTHER, ""))))
        if said in {("first", "first"), ("second", "second")}:
            flips.append(said[0])
    wins, gaps = _by_case(values, cases), _by_case(longer, cases)
    return PairSummary(
        wins=values.count(1),
        ties=values.count(0.5),
        losses=values.count(0),
        unjudged=unjudged,
        failed=failed,
        flips=len(flips),
        first_flips=flips.count("first"),
        cases=len(wins),
        longer=float(np.mean(longer)) if values else None,
        at_equal_length=length_controlled(wins, gaps) if values else None,
    )


def _by_case(values: Sequence[float], cases: Sequence[str]) -> NDArray[np.float64]:
    """The mean of each case."""
    _, places, counts = np.unique(cases, return_inverse=True, return_counts=True)
    return np.bincount(places, values) / counts if values else np.array([])
