"""Estimates of many arms at once, for files of scores. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from genaiops.digests import digest
from genaiops.evaluations.columns import score_columns
from genaiops.evaluations.comparison import ArmScores
from genaiops.gates import MetricEstimate
from genaiops.gates.estimates import ask_estimate
from genaiops.gates.questions import answers
from genaiops.gates.ranges import bounded_range
from genaiops.records import MetricInfo


def with_estimates(arms: Sequence[ArmScores], info: MetricInfo) -> tuple[ArmScores, ...]:
    """The arms, each with the estimate of its one metric; all arms have the same cases.

    Only graded scores in a known range are estimated here, where many arms can share what it costs;
    the comparison estimates others as it needs them.

    Raises:
        InputError: a score is outside of its range.
    """
    if bounded_range(info) is None or info.binary or not arms:
        return tuple(arms)
    ids = [case.case_id for case in arms[0].cases]
    columns = score_columns(arms, info, ids)
    asked = [ask_estimate(columns.arm(place, info)) for place in range(len(arms))]
    shown = answers(asked, seed=int(digest(sorted(ids))[:8], 16))
    return tuple(
        replace(arm, estimates=(MetricEstimate(info, own, ()),))
        for arm, own in zip(arms, shown, strict=True)
    )
