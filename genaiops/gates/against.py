"""What a gate asks that compares a run with its baseline."""

from dataclasses import replace

from genaiops.gates.arms import Arm, ScoreReader
from genaiops.gates.asked import Asked, AskedSlice, limited, nothing, sliced
from genaiops.gates.baselines import changed_cases, is_unchanged, metric_of
from genaiops.gates.drops import ask_drop
from genaiops.gates.finding import Finding, Sentences
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.gates.ratios import ask_ratio
from genaiops.gates.slices import slices_of
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec


def ask_against(
    gate: GateSpec, arm: Arm, candidate: ScoreReader, baseline: ScoreReader | None
) -> Asked:
    """Ask whether the candidate is worse than its baseline, on the cases that both hold.

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
    other = baseline.arm(arm.info)
    shared = frozenset({*arm.ids} & {*other.ids} - changed_cases(candidate.scores, baseline.scores))
    pairs = Pairs(arm, other).on(shared)
    if not pairs.candidate.n:
        return Asked(nothing(gate, arm, "no case has a score in both runs", accept))
    is_same = is_unchanged(candidate.scores, baseline.scores)
    return _ask_of_pairs(gate, pairs, candidate.scores, is_same=is_same)


def _ask_of_pairs(gate: GateSpec, pairs: Pairs, candidate: RunScores, *, is_same: bool) -> Asked:
    if gate.margin is None and gate.margin_ratio is None:
        example = "margin_ratio: 1.2" if pairs.candidate.info.high is None else "margin: 0.05"
        remedy = f"say in the gate which {pairs.drop} does not matter, such as {example}"
        return Asked(nothing(gate, pairs.candidate, "no margin yet", remedy))
    whole = _ask_pairs(gate, pairs, is_same=is_same)
    if gate.slice is None:
        return Asked(whole)
    parts = [(each.name, pairs.on(each.ids)) for each in slices_of(gate, candidate)]
    asked = [
        AskedSlice(name, _ask_pairs(gate, part, is_same=is_same))
        for name, part in parts
        if part.candidate.n
    ]
    return sliced(gate, pairs.candidate, whole, asked)


def _ask_pairs(gate: GateSpec, pairs: Pairs, *, is_same: bool) -> Question[Finding]:
    if gate.margin_ratio is not None:
        asked = ask_ratio(gate, pairs, gate.margin_ratio)
    else:
        asked = ask_drop(gate, pairs, gate.margin or 0.0)
    if is_same and not pairs.candidate.incomplete:
        return asked.then(_unchanged)
    return asked.then(lambda found: limited(found, pairs.missing_share, pairs.incomplete))


def _unchanged(found: Finding) -> Finding:
    sentence = "Unchanged by construction: its model calls, code, data and metric are the same."
    sentences = Sentences(passed=sentence, failed=sentence, undecided=sentence)
    return replace(found, passes=True, fails=False, sentences=sentences)
