"""What one gate finds in a run: the rule that it has, on the scores that there are."""

from dataclasses import replace

from genaiops.errors import InputError
from genaiops.gates.arms import Arm, draw_seed, read_arm
from genaiops.gates.baselines import changed_cases, is_unchanged, metric_of
from genaiops.gates.counts import find_count
from genaiops.gates.drops import Pairs, find_drop
from genaiops.gates.estimates import estimate
from genaiops.gates.finding import Finding, Sentences, undecided
from genaiops.gates.means import find_mean
from genaiops.gates.numbers import NumberStyle
from genaiops.gates.quantiles import find_quantile
from genaiops.gates.remedies import score_first
from genaiops.gates.rules import check_gate
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec


def find(gate: GateSpec, candidate: RunScores, baseline: RunScores | None) -> Finding:
    """Find what a gate says of a run, before gates are judged together.

    Raises:
        InputError: the scores are broken, or the gate does not fit the metrics of the run.
    """
    info = metric_of(candidate, gate.metric)
    if info is None:
        known = [metric.name for metric in candidate.run.metrics]
        raise InputError.unknown("metric of a gate", gate.metric, known)
    if faults := check_gate(gate, info):
        raise InputError("\n".join(faults))
    arm, seed = read_arm(candidate, info), draw_seed(candidate.run)
    if gate.margin is not None:
        return _find_against(gate, arm, candidate, baseline)
    if not arm.n:
        return _nothing(gate, arm, "no case has a score", "cases to which the metric applies")
    if gate.max_cases is not None:
        found = find_count(gate, arm)
    elif gate.quantile is not None:
        found = find_quantile(gate, arm, gate.quantile, seed=seed)
    else:
        found = find_mean(gate, arm, seed=seed)
    return _limited(found, arm.missing_share, arm.incomplete)


def _find_against(
    gate: GateSpec, arm: Arm, candidate: RunScores, baseline: RunScores | None
) -> Finding:
    accept = f"genaiops baseline accept {candidate.run.eval}"
    theirs = None if baseline is None else metric_of(baseline, arm.info.name)
    if baseline is None or theirs is None:
        why = "no baseline yet" if baseline is None else f"the baseline has no {arm.info.name} yet"
        return replace(_nothing(gate, arm, f"{why}: {accept}", accept), seen=why, is_first=True)
    if theirs.digest != arm.info.digest:
        why = "the metric changed since the baseline"
        return replace(_nothing(gate, arm, f"{why}: accept a new one", accept), seen=why)
    other = read_arm(baseline, arm.info)
    shared = {*arm.ids} & {*other.ids} - changed_cases(candidate, baseline)
    pairs = Pairs(arm.on(shared), other.on(shared))
    if not pairs.candidate.n:
        return _nothing(gate, arm, "no case has a score in both runs", accept)
    found = find_drop(gate, pairs, seed=draw_seed(candidate.run))
    if is_unchanged(candidate, baseline) and not arm.incomplete:
        return _unchanged(found)
    return _limited(found, pairs.missing_share, pairs.incomplete)


def _nothing(gate: GateSpec, arm: Arm, why: str, remedy: str) -> Finding:
    shown = estimate(arm, seed=0, alpha=gate.alpha)
    return undecided(gate, shown, arm.info, why=why, remedy=remedy)


def _unchanged(found: Finding) -> Finding:
    sentence = "Unchanged by construction: its model calls, code, data and metric are the same."
    sentences = Sentences(passed=sentence, failed=sentence, undecided=sentence)
    return replace(found, passes=True, fails=False, sentences=sentences)


def _limited(found: Finding, missing_share: float, incomplete: int) -> Finding:
    """Too many missing scores leave a gate open, except where a limit was seen to be broken."""
    allowed = found.gate.max_missing
    if missing_share <= allowed or (found.fails and found.p_fail is None):
        return found
    style = NumberStyle(scale=100, decimals=1, prefix="", unit="%", points="%")
    share = style.value(missing_share, apart_from=[allowed])
    sentence = f"{share} of the scores are missing, {style.limit(allowed)} may be."
    return replace(
        found,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=sentence),
        remedy=score_first(incomplete),
        is_open=True,
    )
