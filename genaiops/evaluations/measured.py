"""What each arm scored, cost and took on the cases that all have. Pure."""

from collections.abc import Mapping, Sequence
from math import fsum, inf, isfinite

import numpy as np

from genaiops.evaluations.columns import score_columns
from genaiops.evaluations.comparison import ArmScores
from genaiops.gates import estimate
from genaiops.gates.estimates import REPORT_ALPHA, level_of
from genaiops.gates.ranges import bounded_range
from genaiops.records import Estimate, MetricInfo
from genaiops.stats import estimate_quantile
from genaiops.stats.robust_mean import RobustMean

_BOUND_ALPHA = 0.05  # of bounds that are not shown


def shared_cases(arms: Sequence[ArmScores]) -> tuple[str, ...]:
    """The ids of the cases that all arms have, in the order of the first arm."""
    if not arms:
        return ()
    others = [{case.case_id for case in arm.cases} for arm in arms[1:]]
    return tuple(
        case.case_id for case in arms[0].cases if all(case.case_id in ids for ids in others)
    )


def other_metrics(arms: Sequence[ArmScores], ranked: str | None) -> tuple[MetricInfo, ...]:
    """The metrics that any arm has besides the ranked one, in the order in which they are met."""
    found = {info.name: info for arm in arms for info in arm.metrics if info.name != ranked}
    return tuple(found.values())


def estimate_arm(arm: ArmScores, info: MetricInfo, ids: Sequence[str], seed: int) -> Estimate:
    """The estimate of a metric on these cases: the arm's own where they are all of its cases."""
    if len(ids) == len(arm.cases):
        known = next((each for each in arm.estimates if each.info == info), None)
        if known is not None:
            return known.estimate
    return estimate(score_columns([arm], info, ids).arm(0, info), seed=seed)


def estimate_ranked(arm: ArmScores, info: MetricInfo, ids: Sequence[str], seed: int) -> Estimate:
    """The estimate that arms are ranked by: always of the mean.

    Without a known range no interval of a mean is certain; the usual one by Student's t is given.
    """
    if bounded_range(info) is not None:
        return estimate_arm(arm, info, ids, seed)
    ends = score_columns([arm], info, ids).arm(0, info)
    _, unit = np.unique(ends.clusters, return_inverse=True)
    sums = np.bincount(unit, ends.worst).astype(np.float64)
    found = RobustMean.of(sums, np.bincount(unit).astype(np.float64))
    return Estimate(
        value=float(ends.worst.mean()) if ends.n else None,
        low=found.low(REPORT_ALPHA) if found.freedom else None,
        high=found.high(REPORT_ALPHA) if found.freedom else None,
        n=len(ids),
        missing=len(ids) - ends.n,
        clusters=ends.cluster_count,
        level=level_of(REPORT_ALPHA),
        method="mean (t)",
    )


def usd_per_1k_cases(arm: ArmScores, ids: Sequence[str]) -> float | None:
    """What a thousand cases cost; None where the cost of any is unknown."""
    costs = [arm.cost_usd[case_id] for case_id in ids if case_id in arm.cost_usd]
    known = [cost for cost in costs if cost is not None]
    return 1000 * fsum(known) / len(known) if known and len(known) == len(costs) else None


def latencies(arm: ArmScores, ids: Sequence[str]) -> Mapping[str, float]:
    """Seconds by case; infinite where the product failed, however fast it did."""
    failed = {case.case_id for case in arm.cases if case.failed}
    return {
        case_id: inf if case_id in failed else arm.latency_s[case_id]
        for case_id in ids
        if case_id in arm.latency_s
    }


def latency_p95_s(taken: Mapping[str, float]) -> float | None:
    """The time within which 95 % of the cases are answered; None if that many are not."""
    value = estimate_quantile(list(taken.values()), quantile=0.95, alpha=_BOUND_ALPHA).value
    return value if value is not None and isfinite(value) else None
