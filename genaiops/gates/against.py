"""What a gate asks that compares a run with its baseline."""

from dataclasses import dataclass, replace

from genaiops.gates.arms import Arm, ScoreReader
from genaiops.gates.asked import Asked, AskedSlice, limited, nothing, sliced
from genaiops.gates.baselines import changed_cases, is_unchanged, metric_of
from genaiops.gates.calibrated import ask_calibrated_drop
from genaiops.gates.course import Course
from genaiops.gates.drops import ask_drop
from genaiops.gates.finding import Finding, Sentences
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.gates.ranges import bounded_range
from genaiops.gates.ratios import ask_ratio
from genaiops.gates.slices import slices_of
from genaiops.gates.standing import Calibrated, Standing
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec


def ask_against(
    gate: GateSpec,
    arm: Arm,
    candidate: ScoreReader,
    baseline: ScoreReader | None,
    *,
    course: Course | None = None,
    standing: Standing | None = None,
) -> Asked:
    """Ask whether the candidate is worse than its baseline, on the cases that both hold.

    `course` is there where the run is looked at as it goes; slices are judged at its end.
    `standing` is that of the judge behind the metric, if one is.

    Raises:
        InputError: the scores of the baseline are broken, or the run does not know a slice's tag.
    """
    accept = f"genaiops baseline accept {candidate.scores.run.eval}"
    theirs = None if baseline is None else metric_of(baseline.scores, arm.info.name)
    if baseline is None or theirs is None:
        why = "no baseline yet" if baseline is None else f"the baseline has no {arm.info.name} yet"
        open_ = nothing(gate, arm, f"{why}: {accept}", accept)
        return Asked(open_.then(lambda found: replace(found, seen=why, is_first=True)))
    if theirs.digest != arm.info.digest:
        why = "the metric changed since the baseline"
        open_ = nothing(gate, arm, f"{why}: accept a new one", accept)
        return Asked(open_.then(lambda found: replace(found, seen=why)))
    pairs = shared_pairs(arm, candidate, baseline)
    if not pairs.candidate.n:
        return Asked(nothing(gate, arm, "no case has a score in both runs", accept))
    is_same = is_unchanged(candidate.scores, baseline.scores)
    known = standing if isinstance(standing, Calibrated) else None
    comparing = _Comparing(gate, is_same, course, known, baseline.scores)
    return comparing.ask(pairs, candidate.scores)


def shared_pairs(arm: Arm, candidate: ScoreReader, baseline: ScoreReader) -> Pairs:
    """An arm and its baseline on the cases that both hold, asked the same.

    Raises:
        InputError: the scores of the baseline are broken.
    """
    other = baseline.arm(arm.info)
    shared = frozenset({*arm.ids} & {*other.ids} - changed_cases(candidate.scores, baseline.scores))
    return Pairs(arm, other).on(shared)


@dataclass(frozen=True, slots=True)
class _Comparing:
    """How pairs are compared: `is_same` says that calls, code and data are the same."""

    gate: GateSpec
    is_same: bool
    course: Course | None
    standing: Calibrated | None
    baseline: RunScores

    def ask(self, pairs: Pairs, candidate: RunScores) -> Asked:
        """Ask of all pairs, and of those of each slice."""
        gate = self.gate
        if gate.lacks_margin:
            return Asked(self._ask_without_margin(pairs, candidate.run.eval))
        if gate.slice is None:
            return Asked(self._ask_pairs(pairs, self.course, candidate))
        parts = [(each.name, pairs.on(each.ids)) for each in slices_of(gate, candidate)]
        asked = [
            AskedSlice(name, self._ask_pairs(part, None))
            for name, part in parts
            if part.candidate.n
        ]
        return sliced(gate, pairs.candidate, self._ask_pairs(pairs, None), asked)

    def _ask_without_margin(self, pairs: Pairs, name: str) -> Question[Finding]:
        """Pairs that pass if they would with any margin: unchanged, or proven to be better."""
        gate = self.gate
        if bounded_range(pairs.candidate.info) is None:
            told = f"which {pairs.drop} does not matter, such as margin_ratio: 1.2"
            return nothing(gate, pairs.candidate, "no margin yet", f"say in the gate {told}")
        remedy = f"genaiops baseline accept {name}, which writes one where there are cases enough"
        open_ = nothing(gate, pairs.candidate, "no margin yet", remedy)
        if gate.slice is not None or self.course is not None:
            return open_
        proof = self._ask_pairs(pairs, None)
        return proof.beside(open_).then(lambda found: found[0] if found[0].passes else found[1])

    def _ask_pairs(
        self, pairs: Pairs, course: Course | None, candidate: RunScores | None = None
    ) -> Question[Finding]:
        gate = self.gate
        if gate.margin_ratio is not None:
            asked = ask_ratio(gate, pairs, gate.margin_ratio)
        elif self.standing is not None and candidate is not None:
            asked = ask_calibrated_drop(gate, pairs, (candidate, self.baseline), self.standing)
        else:
            asked = ask_drop(gate, pairs, gate.margin or 0.0, course)
        if self.is_same and pairs.is_equal:
            return asked.then(_unchanged)
        return asked.then(lambda found: limited(found, pairs.missing_share, pairs.incomplete))


def _unchanged(found: Finding) -> Finding:
    sentence = "Unchanged by construction: its model calls, code, data and scores are the same."
    sentences = Sentences(passed=sentence, failed=sentence, undecided=sentence)
    return replace(found, passes=True, fails=False, sentences=sentences)
