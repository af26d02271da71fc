"""The charts of a rollout: traffic, evidence against its thresholds, and each metric by arm."""

from collections.abc import Iterator, Sequence
from math import ceil, log10

from genaiops.rollout.learning import harm
from genaiops.rollout.replay import Replayed
from genaiops.rollout.report.chart import KINDS, Chart, Line, Scale
from genaiops.rollout.verdict import evidence
from genaiops.specs.rollout import GoalSpec, GuardSpec, RolloutSpec

_PROVES = 20.0
_BROKEN = 1000.0
_PERCENT = 100.0


def charts_of(spec: RolloutSpec, events: Sequence[Replayed]) -> Iterator[Chart]:
    """All charts of a rollout, whose events are in order."""
    yield _traffic(events)
    yield _harm(events)
    yield from _proofs(spec, events)
    for watched in spec.watched:
        yield _by_arm(watched, events)


def seconds_of(events: Sequence[Replayed]) -> Sequence[float]:
    """When each event was, from the first on; a clock that goes back draws no line back."""
    latest, times = 0.0, list[float]()
    for each in events:
        latest = max(latest, each.event.now - events[0].event.now)
        times.append(latest)
    return times


def _traffic(events: Sequence[Replayed]) -> Chart:
    weights = [_PERCENT * each.event.weight for each in events]
    shown = f"from {weights[0]:g}% to {weights[-1]:g}%, at the most {max(weights):g}%"
    line = Line("share", _over_time(events, weights), has_steps=True)
    ticks = [(value, f"{value:g}%") for value in (0.0, 50.0, _PERCENT)]
    told = f"The candidate's share of users, {shown}"
    return Chart("Users of the candidate", told, [line], Scale(0.0, _PERCENT, ticks))


def _harm(events: Sequence[Replayed]) -> Chart:
    worse = [evidence(harm(each.state)) for each in events]
    split = [_PROVES / _BROKEN * evidence(each.state.split.log_e) for each in events]
    lines = [
        Line("evidence of harm, mean of all metrics", _over_time(events, worse)),
        Line("evidence of a broken split, of 1,000", _over_time(events, split)),
    ]
    told = f"Evidence that the candidate is worse: {worse[-1]:.3g} at the end, 20 rolls back"
    scale = _of_evidence([*worse, *split], "20 rolls back")
    return Chart("Evidence of harm", told, lines, scale)


def _proofs(spec: RolloutSpec, events: Sequence[Replayed]) -> Iterator[Chart]:
    for begin in range(0, len(spec.goals), len(KINDS)):
        lines: list[Line] = []
        for goal in spec.goals[begin : begin + len(KINDS)]:
            known = [each.state.evidence[goal.metric].tolerable for each in events]
            proof = [1.0 if one is None else evidence(one.log_e) for one in known]
            lines.append(Line(goal.metric, _over_time(events, proof)))
        ends = ", ".join(f"{line.label} {line.points[-1][1]:.3g}" for line in lines)
        told = f"Evidence that the candidate is good enough at the end: {ends}; 20 proves"
        values = [value for line in lines for _, value in line.points]
        title = f"Evidence of {lines[0].label}" if len(lines) == 1 else "Evidence of goals"
        yield Chart(f"{title}: good enough", told, lines, _of_evidence(values, "20 proves"))


def _by_arm(watched: GuardSpec | GoalSpec, events: Sequence[Replayed]) -> Chart:
    stable: list[tuple[float, float]] = []
    candidate: list[tuple[float, float]] = []
    for at, each in zip(seconds_of(events), events, strict=True):
        known = each.state.evidence[watched.metric]
        if known.known.stable:
            stable.append((at, _PERCENT * known.badness_stable / known.known.stable))
        if known.known.candidate:
            candidate.append((at, _PERCENT * known.badness_candidate / known.known.candidate))
    most = max((value for _, value in (*stable, *candidate)), default=1.0)
    high = _round_up(max(most, 1.0))
    ticks = [(value, f"{value:g}%") for value in (0.0, high / 2, high)]
    ends = [f"{points[-1][1]:.1f}%" if points else "none" for points in (stable, candidate)]
    told = f"Bad by {watched.metric}: {ends[0]} of stable, {ends[1]} of the candidate at the end"
    lines = [Line("stable", stable), Line("candidate", candidate)]
    return Chart(f"Bad by {watched.metric}", told, lines, Scale(0.0, high, ticks))


def _over_time(
    events: Sequence[Replayed], values: Sequence[float]
) -> Sequence[tuple[float, float]]:
    return list(zip(seconds_of(events), values, strict=True))


def _of_evidence(values: Sequence[float], word: str) -> Scale:
    """Powers of ten, from a tenth to what there was."""
    top = max(ceil(log10(max(*values, _PROVES))), 2)
    powers = range(-1, min(top, 5) + 1)
    ticks = [(10.0**power, f"{10**power:,}" if power >= 0 else "0.1") for power in powers]
    return Scale(0.1, 10.0 ** powers[-1], ticks, is_log=True, limit=(_PROVES, word))


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten, at most 100."""
    power = 10.0 ** (ceil(log10(value)) - 1)
    return min(next(n * power for n in (1.0, 2.0, 5.0, 10.0) if n * power >= value), _PERCENT)
