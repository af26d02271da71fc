"""Estimates of many arms at once, for files of scores. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from genaiops.digests import digest
from genaiops.evaluations.columns import score_columns
from genaiops.evaluations.comparison import ArmScores
from genaiops.gates import MetricEstimate
from genaiops.gates.estimates import REPORT_ALPHA, estimate_mean
from genaiops.gates.ranges import bounded_range
from genaiops.records import MetricInfo
from genaiops.stats import Units, draw_together


def with_estimates(arms: Sequence[ArmScores], info: MetricInfo) -> tuple[ArmScores, ...]:
    """The arms, each with the estimate of its one metric; all arms have the same cases.

    Only graded scores in a known range are estimated here, where many arms can share what it costs;
    the comparison estimates others as it needs them.

    Raises:
        InputError: a score is outside of its range.
    """
    values = bounded_range(info)
    if values is None or info.binary or not arms:
        return tuple(arms)
    ids = [case.case_id for case in arms[0].cases]
    columns = score_columns(arms, info, ids)
    found = [columns.arm(place, info) for place in range(len(arms))]
    means = [Units.of_cases(arm.low, arm.high, lo=values.low, hi=values.high) for arm in found]
    draws = draw_together(means, seed=int(digest(sorted(ids))[:8], 16))
    bounds = [each.bounds(REPORT_ALPHA) for each in draws]
    return tuple(
        replace(
            arm,
            estimates=(
                MetricEstimate(
                    info, estimate_mean(own, ends, alpha=REPORT_ALPHA, method="gaffke"), ()
                ),
            ),
        )
        for arm, own, ends in zip(arms, found, bounds, strict=True)
    )
