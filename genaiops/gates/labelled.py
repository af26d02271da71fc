"""Means as people would give them: what labels and a judge's scores say together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.baselines import answers_digest
from genaiops.gates.questions import Question
from genaiops.gates.ranges import Range
from genaiops.records import Calibration, LabelledAnswer, RunScores
from genaiops.stats import (
    ClusterTotals,
    CorrectedMean,
    Evidence,
    JudgedMean,
    MeanDraws,
    Units,
    correct_carried,
    correct_own,
    corrected_draws,
    with_missing,
)

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """Labelled answers and others with the judge's scores, all in the range `values`.

    `people` has the shape (n,), `judge` (2, n), at both ends of what is missing, `others` (N,).
    `clusters` names that of each answer, the labelled ones first. Others that lack a score are left
    out: they are the share `missing` of all.
    """

    people: _Floats
    judge: _Floats
    others: _Floats
    clusters: Sequence[str]
    values: Range
    missing: float

    @classmethod
    def of(
        cls, people: Mapping[int, float], ends: _Floats, clusters: Sequence[str], values: Range
    ) -> "Answers":
        """Answers with the labels of some by their places; `ends` has the shape (2, answers)."""
        count = ends.shape[1]
        whole = np.flatnonzero(ends[0] == ends[1])
        rest = [place for place in whole.tolist() if place not in people]
        known = [*people, *rest]
        return cls(
            people=np.array([*people.values()]),
            judge=ends[:, [*people]],
            others=ends[0, rest],
            clusters=[clusters[place] for place in known],
            values=values,
            missing=(count - len(known)) / max(count, 1),
        )

    def evidence(self, end: int) -> Evidence:
        """What gives the lowest mean (0), or the highest (1)."""
        return Evidence(self.people, self.judge[1 - end], self.others, self.clusters)


def labels_of(calibration: Calibration, scores: RunScores) -> dict[str, LabelledAnswer]:
    """The labels of answers of a run, by case; of several repeats the first one.

    They are of the run itself or of one whose answers are all the same. Of one that shares only
    some answers they would be no random part of these.
    """
    mark, answers = scores.run.mark, answers_digest(scores)
    same = {
        each.id
        for each in calibration.runs
        if each.mark == mark or (each.answers and each.answers == answers)
    }
    cases = {case.case_id for case in scores.cases}
    found: dict[str, LabelledAnswer] = {}
    for label in calibration.labels:
        if label.run in same and label.case_id in cases:
            found.setdefault(label.case_id, label)
    return found


def clusters_of(scores: RunScores) -> dict[str, str]:
    """The cluster of each case of a run, one of its own for a case of none."""
    return {case.case_id: _cluster(case.cluster, case.case_id) for case in scores.cases}


def carried(
    calibration: Calibration, ends: _Floats, clusters: Sequence[str], values: Range
) -> Answers:
    """Answers of which none is labelled, beside the labels that there are."""
    known = [(label, label.judge) for label in calibration.labels if label.judge is not None]
    judge = np.array([score for _, score in known])
    others = Answers.of({}, ends, clusters, values)
    labelled = (_cluster(label.cluster, label.case_id) for label, _ in known)
    return replace(
        others,
        people=np.array([label.value for label, _ in known]),
        judge=np.stack([judge, judge]),
        clusters=[*labelled, *others.clusters],
    )


def ask_own(answers: Answers) -> Question[JudgedMean] | None:
    """Ask for a mean of answers of which some are labelled; None with fewer than two labels."""
    ends = correct_own(answers.evidence(0)), correct_own(answers.evidence(1))
    return None if ends[0] is None or ends[1] is None else _ask(answers, ends[0], ends[1])


def ask_carried(answers: Answers) -> Question[JudgedMean] | None:
    """Ask for a mean by labels of other answers; None where the judge hardly responds."""
    lo, hi = answers.values.low, answers.values.high
    first, last = (correct_carried(answers.evidence(end), lo=lo, hi=hi) for end in (0, 1))
    return None if first is None or last is None else _ask(answers, first, last)


def _ask(answers: Answers, first: CorrectedMean, last: CorrectedMean) -> Question[JudgedMean]:
    slope, values, n = first.slope, answers.values, len(answers.people)
    residuals = answers.people - slope * answers.judge
    lo, hi = values.low - slope * values.high, values.high - slope * values.low
    own = _units(residuals, answers.clusters[:n], lo, hi)
    others = _units(np.stack([answers.others] * 2), answers.clusters[n:], values.low, values.high)

    def judged(draws: Sequence[MeanDraws]) -> JudgedMean:
        together = draws[0]
        if slope:
            together = corrected_draws(
                draws[0], draws[1], slope=slope, lo=values.low, hi=values.high
            )
        return with_missing(JudgedMean(first, last, together), answers.missing)

    return Question((own, others) if slope else (own,), judged)


def _units(ends: _Floats, clusters: Sequence[str], lo: float, hi: float) -> Units:
    low, high = np.sort(ends, axis=0)
    return Units.of_clusters(ClusterTotals.of(low, high, clusters, lo=lo, hi=hi))


def _cluster(name: str | None, case_id: str) -> str:
    return f"case {case_id}" if name is None else f"cluster {name}"
