"""Blocking gates that are looked at while cases come in, to stop once they are settled; pure."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Literal

from genaiops.gates.arms import ScoreReader, draw_seed
from genaiops.gates.course import Course, drawn_units
from genaiops.gates.decide import decide
from genaiops.gates.estimates import NO_VALUE, cases_by_value
from genaiops.gates.watched import Watched
from genaiops.records import Baseline, CaseScores, EvalRun, Looks, RunScores
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.stats import holm_adjusted

_OUTLOOKS = 20
"""So often it is asked at most whether going on is futile."""

End = Literal["decided", "futile", "whole"]


def tested_gates(gates: Sequence[GateSpec], cases: Sequence[CaseScores]) -> int:
    """How many blocking gates, and slices of such, can fail by chance."""
    return sum(
        _slice_count(gate, cases)
        for gate in gates
        if gate.tier == "blocking" and gate.max_cases is None
    )


def _slice_count(gate: GateSpec, cases: Sequence[CaseScores]) -> int:
    if not isinstance(gate.slice, str):
        return 1
    return len(cases_by_value(cases, gate.slice).keys() - {NO_VALUE})


class SequentialGates:
    """The gates of an evaluation, which are shown its cases batch by batch in a random order.

    A look settles them once a blocking gate failed, corrected for all that can fail, or once all
    of them passed. It also ends what is futile, if all blocking gates still open compare with the
    baseline and are unlikely to be decided by the cases to come. Gates on slices, quantiles and
    ratios are judged on all cases, so with one of those that is blocking only a fail comes early.
    """

    def __init__(
        self,
        gates: Sequence[GateSpec],
        run: EvalRun,
        baseline: Baseline | None,
        cases: Sequence[CaseScores],
        *,
        policy: OnInconclusive,
    ) -> None:
        """Draw the order of the cases.

        Args:
            gates: of the evaluation.
            run: as it is planned.
            baseline: what no_worse_than gates compare with.
            cases: all that are planned, without scores.
            policy: what an inconclusive gate does that has no policy of its own.
        """
        self._gates, self._run, self._baseline = gates, run, baseline
        self._policy: OnInconclusive = policy
        self._units = drawn_units(run, cases)
        ids = [case_id for unit in self._units for case_id in unit]
        self._course = Course(
            places={case_id: place for place, case_id in enumerate(ids)},
            largest_cluster=max(map(len, self._units), default=1),
            is_whole=False,
        )
        self._tested = tested_gates(gates, cases)
        self._before = {} if baseline is None else {c.case_id: c for c in baseline.scores.cases}
        shared = sum(any(each in self._before for each in unit) for unit in self._units)
        self._blocking = [Watched(gate, shared) for gate in gates if gate.tier == "blocking"]
        self._seen: list[CaseScores] = []
        self._made = 0
        self._outlook_at = 0

    def batches(self, least: int) -> Iterator[tuple[str, ...]]:
        """The ids of the cases, at least so many at a time, whole clusters together."""
        batch: list[str] = []
        for unit in self._units:
            batch += unit
            if len(batch) >= least:
                yield tuple(batch)
                batch = []
        if batch:
            yield tuple(batch)

    def look(self, batch: Sequence[CaseScores]) -> Looks | None:
        """Look at the gates after a batch; gives how it ended where no further case is wanted."""
        self._seen += batch
        self._made += 1
        here, there = ScoreReader(RunScores(run=self._run, cases=tuple(batch))), self._known(batch)
        for watched in self._blocking:
            watched.take(here, there, self._course)
        end = self._end()
        return None if end is None else self._looks(end)

    def _known(self, batch: Sequence[CaseScores]) -> ScoreReader | None:
        """The baseline on the cases of a batch."""
        if self._baseline is None:
            return None
        ids = [case.case_id for case in batch]
        cases = tuple(self._before[case_id] for case_id in ids if case_id in self._before)
        return ScoreReader(RunScores(run=self._baseline.scores.run, cases=cases))

    def _looks(self, end: End) -> Looks:
        return Looks(
            made=self._made,
            cases=len(self._seen),
            end=end,
            largest_cluster=self._course.largest_cluster,
            tested=self._tested,
        )

    def _end(self) -> End | None:
        if len(self._seen) == len(self._course.places):
            return "whole"
        if self._may_be_settled() and self._word() != "inconclusive":
            return "decided"
        return "futile" if self._is_futile() else None

    def _may_be_settled(self) -> bool:
        """Whether it is worth to judge all that was seen."""
        proofs = [watched.proofs for watched in self._blocking]
        untested = [1.0] * max(0, self._tested - len(proofs))
        p_values = holm_adjusted([*(each.p_fail for each in proofs), *untested])
        levels = [watched.gate.alpha for watched in self._blocking]
        fails = any(p <= alpha for p, alpha in zip(p_values, levels, strict=False))
        passes = all(each.p_pass <= alpha for each, alpha in zip(proofs, levels, strict=True))
        return fails or passes or any(watched.is_broken for watched in self._blocking)

    def _word(self) -> str:
        run = self._run.model_copy(update={"looks": self._looks("decided")})
        candidate = RunScores(run=run, cases=tuple(self._seen))
        return decide(self._gates, candidate, self._baseline, policy=self._policy).word

    def _is_futile(self) -> bool:
        if len(self._seen) < self._outlook_at:
            return False
        self._outlook_at = len(self._seen) + ceil(len(self._course.places) / _OUTLOOKS)
        open_ = [each for each in self._blocking if each.proofs.claim(each.gate.alpha) is None]
        seed = draw_seed(self._run)
        return bool(open_) and all(each.is_futile(seed=seed) for each in open_)
