"""Estimates with their intervals, from the same bounds that gates decide by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.gates.arms import Ends, EndsBuilder, draw_seed, mean, refuse_doubled
from genaiops.gates.bounds import Ranged, ask_bounds
from genaiops.gates.questions import Question, answer_of, answers, settled
from genaiops.gates.ranges import bounded_range
from genaiops.records import CaseScores, Estimate, EvalRun, MetricInfo, RunScores
from genaiops.stats import Interval, QuantileEstimate, estimate_quantile

REPORT_ALPHA = 0.05
"""The one-sided error of a report's bounds: its intervals hold with 90 %."""

NO_VALUE = "(none)"
"""Stands for the value of cases without a tag."""


@dataclass(frozen=True, slots=True)
class SliceEstimate:
    """The estimate of the cases whose tag `slice` has the value `value`, as text."""

    slice: str
    value: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class MetricEstimate:
    """What a report shows of a metric: over all cases, and by the values of each slice."""

    info: MetricInfo
    estimate: Estimate
    slices: tuple[SliceEstimate, ...]


def estimate_run(scores: RunScores) -> tuple[MetricEstimate, ...]:
    """Estimate every metric of a run, and of every slice that the evaluation names.

    Raises:
        InputError: a case is there twice, or a score is outside of its metric's range.
    """
    refuse_doubled(scores)
    return estimate_cases(scores.run, scores.cases)


def estimate_cases(run: EvalRun, cases: Iterable[CaseScores]) -> tuple[MetricEstimate, ...]:
    """As `estimate_run`, of cases that are taken one by one and not held; each is there once.

    Raises:
        InputError: a score is outside of its metric's range.
    """
    builders = [EndsBuilder(run, info) for info in run.metrics]
    groups = [_Group(run, name) for name in run.slices]
    for case in cases:
        for builder in builders:
            builder.add(case)
        for group in groups:
            group.add(case)
    wholes = [ask_estimate(builder.ends()) for builder in builders]
    parts = [
        [part for group in groups for part in group.parts(place)] for place in range(len(builders))
    ]
    asked = [*wholes, *(part.question for of_metric in parts for part in of_metric)]
    shown = iter(answers(asked, seed=draw_seed(run)))
    estimates = [next(shown) for _ in wholes]
    return tuple(
        MetricEstimate(
            info,
            whole,
            tuple(SliceEstimate(part.tag, part.value, next(shown)) for part in of_metric),
        )
        for info, whole, of_metric in zip(run.metrics, estimates, parts, strict=True)
    )


def ask_estimate(
    arm: Ends, *, alpha: float = REPORT_ALPHA, quantile: float | None = None
) -> Question[Estimate]:
    """Ask for an estimate of the mean of a metric, or of a quantile of it.

    A missing score counts as the worst in the value, and at both ends in the interval. A metric
    without a bounded range has no bounds for its mean, so its median is estimated. The method is
    "clopper-pearson" (each case one score of 0 or 1), "gaffke" (other bounded scores), "clusters"
    (cases that share clusters), "median" or such as "p95" (order statistics, of the averages over
    repeats; without bounds where cases share clusters).

    Args:
        arm: the scores.
        alpha: one-sided error of each bound; the level is 1 - 2 alpha.
        quantile: the share of cases that are no worse than the value, in (0, 1).
    """
    if quantile is not None or bounded_range(arm.info) is None:
        return settled(_estimate_quantile(arm, quantile, alpha))
    bounds = ask_bounds(Ranged.of(arm), alpha=alpha)
    return bounds.then(
        lambda found: estimate_mean(arm, found.interval, alpha=alpha, method=found.method)
    )


def estimate(
    arm: Ends, *, seed: int, alpha: float = REPORT_ALPHA, quantile: float | None = None
) -> Estimate:
    """The estimate that `ask_estimate` asks for; `seed` is that of the draws."""
    return answer_of(ask_estimate(arm, alpha=alpha, quantile=quantile), seed=seed)


def estimate_mean(arm: Ends, bounds: Interval, *, alpha: float, method: str) -> Estimate:
    """The mean of a metric with bounds that are known, each at `alpha`."""
    return Estimate(
        value=mean(arm.worst),
        low=bounds.low,
        high=bounds.high,
        n=arm.n,
        missing=arm.incomplete,
        clusters=arm.cluster_count,
        level=level_of(alpha),
        method=method,
    )


def level_of(alpha: float) -> float:
    """The level of an interval of two bounds that are each wrong with `alpha`."""
    return round(1 - 2 * alpha, 9)


def _estimate_quantile(arm: Ends, quantile: float | None, alpha: float) -> Estimate:
    share = 0.5 if quantile is None else quantile
    worst, best = (
        _quantile_from_best(ends, share, alpha, arm.info) for ends in (arm.worst, arm.best)
    )
    # Along the way from good to bad, the near bound comes from the best values.
    near, far = best.low, worst.high
    clusters = arm.cluster_count
    if clusters is not None:
        near = far = None
    low, high = (near, far) if arm.info.direction == "lower" else (far, near)
    return Estimate(
        value=_finite(worst.value),
        low=_finite(low),
        high=_finite(high),
        n=arm.n,
        missing=arm.incomplete,
        clusters=clusters,
        level=level_of(alpha),
        method=_method(quantile, arm.info),
    )


def _method(quantile: float | None, info: MetricInfo) -> str:
    """The usual name: 95 % of the latencies are at most p95, of the scores at least p5."""
    if quantile is None:
        return "median"
    share = quantile if info.direction == "lower" else 1 - quantile
    return f"p{100 * share:.6g}"


def _quantile_from_best(
    ends: NDArray[np.float64], share: float, alpha: float, info: MetricInfo
) -> QuantileEstimate:
    """The value that a share of the cases is no worse than; bounds go from good to bad."""
    sign = 1.0 if info.direction == "lower" else -1.0
    found = estimate_quantile(sign * ends, quantile=share, alpha=alpha)
    value, low, high = (
        None if bound is None else sign * bound + 0.0
        for bound in (found.value, found.low, found.high)
    )
    return QuantileEstimate(value, low, high)


@dataclass(frozen=True, slots=True)
class _Group:
    """The scores of all metrics by the value of a tag."""

    run: EvalRun
    tag: str
    builders: dict[str, list[EndsBuilder]] = field(default_factory=dict[str, list[EndsBuilder]])

    def add(self, case: CaseScores) -> None:
        """Take a case."""
        for value in _values(case, self.tag):
            if value not in self.builders:
                self.builders[value] = [EndsBuilder(self.run, info) for info in self.run.metrics]
            for builder in self.builders[value]:
                builder.add(case)

    def parts(self, place: int) -> Iterator["_Part"]:
        """The slices of the metric at a place, by value."""
        for value, builders in sorted(self.builders.items()):
            yield _Part(self.tag, value, ask_estimate(builders[place].ends()))


@dataclass(frozen=True, slots=True)
class _Part:
    """A slice whose estimate was asked for."""

    tag: str
    value: str
    question: Question[Estimate]


def cases_by_value(cases: Iterable[CaseScores], tag: str) -> dict[str, list[str]]:
    """Case ids by the value of a tag."""
    ids: dict[str, list[str]] = {}
    for case in cases:
        for value in _values(case, tag):
            ids.setdefault(value, []).append(case.case_id)
    return ids


def _values(case: CaseScores, tag: str) -> list[str]:
    """The values of a tag as texts; a case whose tag is a list belongs to each of its items."""
    value = case.tags.get(tag)
    items = value if isinstance(value, list) else [value]
    return [*dict.fromkeys(map(tag_text, items))]


def tag_text(value: JsonValue) -> str:
    """The value of a tag, or of an item of it, as text."""
    if value is None:
        return NO_VALUE
    return value if isinstance(value, str) else canonical_json(value)


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value
