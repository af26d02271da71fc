"""What a gate asks that compares a run with its baseline."""

from dataclasses import replace

from genaiops.gates.arms import Arm, read_arm
from genaiops.gates.asked import Asked, AskedSlice, limited, nothing, sliced
from genaiops.gates.baselines import changed_cases, is_unchanged, metric_of
from genaiops.gates.drops import ask_drop
from genaiops.gates.finding import Finding, Sentences
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.gates.slices import slices_of
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec


def ask_against(
    gate: GateSpec, arm: Arm, candidate: RunScores, baseline: RunScores | None
) -> Asked:
    """Ask whether the candidate is worse than its baseline, on the cases that both hold.

    Raises:
        InputError: the scores of the baseline are broken, or the run does not know a slice's tag.
    """
    accept = f"genaiops baseline accept {candidate.run.eval}"
    theirs = None if baseline is None else metric_of(baseline, arm.info.name)
    if baseline is None or theirs is None:
        why = "no baseline yet" if baseline is None else f"the baseline has no {arm.info.name} yet"
        open_ = nothing(gate, arm, f"{why}: {accept}", accept)
        return Asked(open_.then(lambda found: replace(found, seen=why, is_first=True)))
    if theirs.digest != arm.info.digest:
        why = "the metric changed since the baseline"
        open_ = nothing(gate, arm, f"{why}: accept a new one", accept)
        return Asked(open_.then(lambda found: replace(found, seen=why)))
    other = read_arm(baseline, arm.info)
    shared = frozenset({*arm.ids} & {*other.ids} - changed_cases(candidate, baseline))
    pairs = Pairs(arm, other).on(shared)
    if not pairs.candidate.n:
        return Asked(nothing(gate, arm, "no case has a score in both runs", accept))
    return _ask_of_pairs(gate, pairs, candidate, is_same=is_unchanged(candidate, baseline))


def _ask_of_pairs(gate: GateSpec, pairs: Pairs, candidate: RunScores, *, is_same: bool) -> Asked:
    if gate.margin is None:
        remedy = "say in the gate which drop does not matter, such as margin: 0.05"
        return Asked(nothing(gate, pairs.candidate, "no margin yet", remedy))
    whole = _ask_pairs(gate, pairs, gate.margin, is_same=is_same)
    if gate.slice is None:
        return Asked(whole)
    parts = [(each.name, pairs.on(each.ids)) for each in slices_of(gate, candidate)]
    asked = [
        AskedSlice(name, _ask_pairs(gate, part, gate.margin, is_same=is_same))
        for name, part in parts
        if part.candidate.n
    ]
    return sliced(gate, pairs.candidate, whole, asked)


def _ask_pairs(gate: GateSpec, pairs: Pairs, margin: float, *, is_same: bool) -> Question[Finding]:
    asked = ask_drop(gate, pairs, margin)
    if is_same and not pairs.candidate.incomplete:
        return asked.then(_unchanged)
    return asked.then(lambda found: limited(found, pairs.missing_share, pairs.incomplete))


def _unchanged(found: Finding) -> Finding:
    sentence = "Unchanged by construction: its model calls, code, data and metric are the same."
    sentences = Sentences(passed=sentence, failed=sentence, undecided=sentence)
    return replace(found, passes=True, fails=False, sentences=sentences)
