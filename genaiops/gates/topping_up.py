"""Whether gates that were left open are asked again with more repeats; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.gates.arms import read_arm
from genaiops.gates.baselines import metric_of
from genaiops.gates.clean_cases import can_pass
from genaiops.gates.noise import noise_of_repeats
from genaiops.gates.sample import Level, Sample
from genaiops.gates.two_looks import gates_at_a_look, is_extending
from genaiops.records import Baseline, Decision, RunScores, Verdict
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.stats import LEAST_CLUSTERS

TIMES_REPEATS = 3
"""A top-up ends at so many times the repeats of the first look."""
MOST_REPEATS = 100
"""And at so many at the most, as an evaluation's file does."""


@dataclass(frozen=True, slots=True)
class TopUp:
    """What follows from a first look that left gates open: `repeats` in all, or `why_not`."""

    repeats: int
    why_not: str | None = None


def top_up(
    gates: Sequence[GateSpec],
    decision: Decision,
    candidate: RunScores,
    baseline: Baseline | None,
    *,
    policy: OnInconclusive,
) -> TopUp | None:
    """What to do after a look at gates; None where nothing is open that extends.

    A run that was topped up before, or looked at as it went, never is again.

    Raises:
        InputError: the scores are broken.
    """
    run = candidate.run
    if decision.word != "inconclusive" or run.extended_from or run.looks:
        return None
    reference = None if baseline is None else baseline.scores
    whys = [
        _why_not(gate, verdict, candidate, reference)
        for gate, verdict in zip(gates_at_a_look(gates, policy), decision.verdicts, strict=True)
        if is_extending(gate, policy) and gate.slice is None and verdict.word == "inconclusive"
    ]
    if not whys:
        return None
    repeats = min(TIMES_REPEATS * run.repeats, MOST_REPEATS)
    if repeats <= run.repeats:
        return TopUp(repeats, f"{MOST_REPEATS} repeats are the most")
    return TopUp(repeats, whys[0] if None not in whys else None)


def _why_not(
    gate: GateSpec, verdict: Verdict, candidate: RunScores, baseline: RunScores | None
) -> str | None:
    """Why repeats cannot decide a gate at its error of a look; None where they may."""
    shown = verdict.difference or verdict.estimate
    told = _untold(gate, verdict)
    if told is not None:
        return told
    if shown.clusters is not None and shown.clusters < LEAST_CLUSTERS:
        return f"{gate.metric} has too few clusters, and repeats add none"
    if read_arm(candidate, verdict.metric).missing_share > gate.max_missing:
        return f"{gate.metric} lacks too many scores"
    if _is_steady(verdict, candidate, baseline):
        return f"no score of {gate.metric} differs between repeats"
    largest = Level.of(candidate, verdict.metric).sample.largest
    return can_pass(gate, verdict.metric, Sample(shown.n, shown.clusters, largest))


def _untold(gate: GateSpec, verdict: Verdict) -> str | None:
    """Why scores, whatever they are, cannot decide a gate."""
    if gate.max_cases is not None:
        return f"{gate.metric} counts broken cases, and repeats can only break more"
    if gate.lacks_margin:
        return f"{gate.metric} has no margin yet"
    is_alone = gate.no_worse_than is not None and verdict.difference is None
    return f"{gate.metric} has nothing to compare with" if is_alone else None


def _is_steady(verdict: Verdict, candidate: RunScores, baseline: RunScores | None) -> bool:
    """Whether repeats are known to score the same: those of the run, or else of its baseline."""
    info = verdict.metric
    noise = noise_of_repeats(candidate, info)
    theirs = None if baseline is None else metric_of(baseline, info.name)
    if noise is None and baseline is not None and theirs is not None:
        noise = noise_of_repeats(baseline, info) if theirs.digest == info.digest else None
    return noise is not None and noise.variance == 0
