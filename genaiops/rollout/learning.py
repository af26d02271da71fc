"""What a look adds to the evidence."""

from math import log

from genaiops.records.rollouts import Arrivals, Batch, ByArm, Events, Look, Scores
from genaiops.rollout.state import MetricEvidence, RolloutState
from genaiops.specs.rollout import GoalSpec, GuardSpec, RolloutSpec
from genaiops.stats.event_arm import EventArm, log_mean_exp
from genaiops.stats.score_arm import ScoreArm

ENOUGH = log(20)
"""The log evidence that proves: reached with a chance of at most 5 % if the claim is false."""
SPLIT_IS_BROKEN = log(1000)

_OF_PAIRS = 0.5


def no_evidence(spec: RolloutSpec) -> dict[str, MetricEvidence]:
    """The evidence by each metric before the first look."""
    return {each.metric: _start(each) for each in spec.watched}


def learned(state: RolloutState, look: Look) -> RolloutState:
    """The state with what a look tells.

    Raises:
        KeyError: an outcome is of a metric that the rollout does not watch.
        ValueError: badness is outside of [0, 1].
    """
    evidence = dict(state.evidence)
    for batch in look.batches:
        for metric, events in batch.events.items():
            evidence[metric] = _with_events(evidence[metric], events, batch)
        for metric, scores in batch.scores.items():
            evidence[metric] = _with_scores(evidence[metric], scores, batch)
    split = state.split
    for came in look.came:
        if came.weight is not None:
            split = split.updated(came.users.candidate, came.users.stable, weight=came.weight)
    return state.model_copy(update={"evidence": evidence, "split": split})


def harm(state: RolloutState) -> float:
    """The log evidence that the candidate is worse by any metric: the mean over all of them.

    The mean of e-values is one itself, so that more metrics cannot make a false alarm likelier.
    """
    return log_mean_exp(tuple(each.worse.log_e for each in state.evidence.values()))


def unproven(spec: RolloutSpec, state: RolloutState) -> tuple[str, ...]:
    """The goals that are not proven yet; a proof once reached is kept."""
    return tuple(goal.metric for goal in spec.goals if not is_proven(state, goal.metric))


def unmeasured(spec: RolloutSpec, state: RolloutState) -> tuple[str, ...]:
    """The guards that no user of the candidate was measured by: what they cannot see, passes."""
    return tuple(
        guard.metric for guard in spec.guards if not state.evidence[guard.metric].known.candidate
    )


def is_proven(state: RolloutState, metric: str) -> bool:
    """Whether a goal is proven."""
    tolerable = state.evidence[metric].tolerable
    return tolerable is not None and tolerable.peak >= ENOUGH


def arrived(came: tuple[Arrivals, ...], weight: float | None) -> ByArm:
    """The new users that were split at this weight."""
    return sum((each.users for each in came if each.weight == weight), ByArm())


def _start(watched: GuardSpec | GoalSpec) -> MetricEvidence:
    if isinstance(watched, GuardSpec):
        return MetricEvidence(worse=EventArm.start("worse", ratio=watched.margin_ratio))
    if watched.margin is not None:
        return MetricEvidence(
            worse=ScoreArm.start("worse", margin=watched.margin),
            tolerable=ScoreArm.start("tolerable", margin=watched.margin),
        )
    ratio = watched.margin_ratio or 0.0
    return MetricEvidence(
        worse=EventArm.start("worse", ratio=1.0),
        tolerable=EventArm.start("tolerable", ratio=ratio),
    )


def _with_events(known: MetricEvidence, events: Events, batch: Batch) -> MetricEvidence:
    """Who could not be scored is no sign of harm, and counts against a proof."""
    weight = _OF_PAIRS if batch.weight is None else batch.weight
    bad, missing = events.bad, events.missing
    worse, tolerable = known.worse, known.tolerable
    if not isinstance(worse, EventArm) or isinstance(tolerable, ScoreArm):
        raise TypeError("a metric of graded scores was given events")
    if tolerable is not None:
        lost = missing.candidate if batch.weight is not None else missing.total
        tolerable = tolerable.updated(bad.candidate + lost, bad.stable, weight=weight)
    return known.model_copy(
        update={
            "worse": worse.updated(bad.candidate, bad.stable, weight=weight),
            "tolerable": tolerable,
            "known": known.known + bad + events.fine,
            "missing": known.missing + missing,
            "badness_stable": known.badness_stable + bad.stable,
            "badness_candidate": known.badness_candidate + bad.candidate,
        }
    )


def _with_scores(known: MetricEvidence, scores: Scores, batch: Batch) -> MetricEvidence:
    worse, tolerable, missing = known.worse, known.tolerable, scores.missing
    if not isinstance(worse, ScoreArm) or not isinstance(tolerable, ScoreArm):
        raise TypeError("a metric of bad events was given graded scores")
    if batch.weight is None:
        lost = missing.total
        worse = worse.updated_by_pairs(scores.candidate, scores.stable)
        tolerable = tolerable.updated_by_pairs(
            (*scores.candidate, *(1.0,) * lost), (*scores.stable, *(0.0,) * lost)
        )
    else:
        worse = worse.updated(scores.candidate, scores.stable, weight=batch.weight)
        tolerable = tolerable.updated(
            (*scores.candidate, *(1.0,) * missing.candidate),
            (*scores.stable, *(0.0,) * missing.stable),
            weight=batch.weight,
        )
    counted = ByArm(stable=len(scores.stable), candidate=len(scores.candidate))
    return known.model_copy(
        update={
            "worse": worse,
            "tolerable": tolerable,
            "known": known.known + counted,
            "missing": known.missing + missing,
            "badness_stable": known.badness_stable + sum(scores.stable),
            "badness_candidate": known.badness_candidate + sum(scores.candidate),
        }
    )
