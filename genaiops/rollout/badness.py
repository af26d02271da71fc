"""From a score to how bad it is: 0 is the best there is, 1 the worst or a bad event."""

from genaiops.gates.ranges import range_of
from genaiops.records import MetricInfo
from genaiops.specs.rollout import GoalSpec, GuardSpec


def badness_of(watched: GuardSpec | GoalSpec, info: MetricInfo, value: float) -> float:
    """How bad a score is by a metric of the evaluation, in [0, 1].

    With `margin` it is how far the score is from the best of the range; else 1 on the wrong side of
    at_least or at_most, of a binary metric at the worst of its range, and 0 elsewhere.

    Raises:
        ValueError: the metric has no bounded range, and a margin.
    """
    if isinstance(watched, GoalSpec) and watched.margin is not None:
        values = range_of(info)
        share = (value - values.low) / values.span
        return min(max(1 - share if info.direction == "higher" else share, 0.0), 1.0)
    if watched.at_least is not None:
        return float(value < watched.at_least)
    if watched.at_most is not None:
        return float(value > watched.at_most)
    return float(value == info.worst)
