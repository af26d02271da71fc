"""The verdict on a rollout: made here, and nowhere else."""

from datetime import UTC, datetime
from math import exp

from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.records.rollout_verdicts import MetricStanding, RolloutVerdict, RolloutWord
from genaiops.rollout.committing import read_spec
from genaiops.rollout.learning import harm, unmeasured
from genaiops.rollout.state import MetricEvidence, RolloutState
from genaiops.specs.rollout import GoalSpec, GuardSpec
from genaiops.text.quantities import long_time

_UNWATCHED_S = 300.0
_MOST_LOG = 50.0


def verdict_on(
    rollout: Rollout, event: RolloutEvent, state: RolloutState, now: float
) -> RolloutVerdict:
    """What a rollout comes to at a time of the clock, in seconds."""
    spec = read_spec(rollout)
    word, reason = _word(event, state, now)
    waiting = 0 if state.is_final else state.waiting
    return RolloutVerdict(
        rollout=rollout.id,
        name=rollout.name,
        flow=rollout.flow,
        stable=rollout.stable,
        candidate=rollout.candidate,
        word=word,
        reason=reason,
        began=rollout.at,
        looked=event.at,
        step=event.step + 1,
        steps=len(spec.steps),
        weight=event.weight,
        is_shadowing=event.is_shadowing,
        exposed=state.exposed,
        waiting=waiting,
        waiting_until=_written(state.waiting_until) if waiting else None,
        unmeasured=unmeasured(spec, state) if _has_come(state) else (),
        harm=evidence(harm(state)),
        split=evidence(state.split.log_e),
        metrics=tuple(_standing(each, state.evidence[each.metric]) for each in spec.watched),
    )


def evidence(log_e: float) -> float:
    """Evidence of its logarithm, of which no more is told than a number can hold."""
    return exp(min(log_e, _MOST_LOG))


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _word(event: RolloutEvent, state: RolloutState, now: float) -> tuple[RolloutWord, str]:
    if event.phase == "rolled_back":
        return "rolled_back", state.reason
    if event.phase == "promoted" and event.deed == "carried out":
        return "promoted", state.reason
    if event.phase == "promoted":
        return "held", f"{state.reason}; its release does not stand in production yet"
    if (ago := now - event.now) > _UNWATCHED_S:
        told = f"nobody looked for {long_time(ago)}: genaiops serve carries rollouts on"
        return "held", f"{told}; {event.reason}"
    is_held = event.phase == "paused" or state.is_idle or event.look.withheld is not None
    return ("held" if is_held else "progressing"), event.reason


def _has_come(state: RolloutState) -> bool:
    """Whether anything is known of the candidate, if only that it could not be scored."""
    known = state.evidence.values()
    return any(each.known.candidate or each.missing.candidate for each in known)


def _standing(watched: GuardSpec | GoalSpec, known: MetricEvidence) -> MetricStanding:
    proof = None if known.tolerable is None else evidence(known.tolerable.peak)
    return MetricStanding(
        metric=watched.metric,
        role="guard" if known.tolerable is None else "goal",
        tolerated=_tolerated(watched),
        harm=evidence(known.worse.log_e),
        proof=proof,
        known=known.known,
        missing=known.missing,
        stable_bad=_mean(known.badness_stable, known.known.stable),
        candidate_bad=_mean(known.badness_candidate, known.known.candidate),
    )


def _tolerated(watched: GuardSpec | GoalSpec) -> str:
    if isinstance(watched, GoalSpec) and watched.margin is not None:
        return f"a drop below {watched.margin:g}"
    if isinstance(watched, GoalSpec):
        return f"below {watched.margin_ratio:g} times"
    return "as many" if watched.margin_ratio == 1 else f"{watched.margin_ratio:g} times"


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None
