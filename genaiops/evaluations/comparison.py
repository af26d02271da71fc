"""Several arms on the same cases: what each scored, how they rank, and what is proven. Values only.

An arm is one way to answer the cases: a prompt, a model, a variant, parameters, or what stood in a
file of scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from genaiops.gates import MetricEstimate
from genaiops.records import CaseScores, Estimate, MetricInfo


@dataclass(frozen=True, slots=True)
class ArmScores:
    """What is compared of an arm: its scores by case, what each case cost and took.

    `failure` says why an arm has no score at all, such as a refused connection; it then stands in
    the table as failed. `cost_usd` (mean over repeats; None is unknown) and `latency_s` are by case
    id; an arm that was read from a file of scores has none.
    """

    label: str
    metrics: tuple[MetricInfo, ...]
    cases: tuple[CaseScores, ...]
    estimates: tuple[MetricEstimate, ...] = ()
    cost_usd: Mapping[str, float | None] = field(default_factory=dict[str, float | None])
    latency_s: Mapping[str, float] = field(default_factory=dict[str, float])
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedArm:
    """A row of the comparison, best first; failed arms come last and have no rank.

    `estimate` is that of the ranked metric. The rank is between 1 + the number of arms that are
    proven better and the number of arms that are not proven worse. `on_front`: no arm is proven to
    be as good and cheaper, or as good and faster; None where cost and time are not known.
    """

    label: str
    estimate: Estimate | None
    rank_low: int | None
    rank_high: int | None
    usd_per_1k_cases: float | None
    latency_p95_s: float | None
    on_front: bool | None
    others: Mapping[str, Estimate]
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """Two arms on the cases that both have; the difference is second minus first.

    `difference` has the simultaneous interval over all pairs (its method says so); `p_value` is
    that of the pair alone (paired t, two-sided; None where it cannot be computed), `p_adjusted`
    holds over all pairs. `better` and `worse` count cases, from the second arm's view. `proven` is
    what p_adjusted shows at the level of the comparison.
    """

    first: str
    second: str
    difference: Estimate
    standard_error: float | None
    p_value: float | None
    p_adjusted: float
    better: int
    worse: int
    proven: Literal["better", "worse"] | None


@dataclass(frozen=True, slots=True)
class SliceLeaders:
    """Of the cases with one value of a tag: who leads, and whether that is proven."""

    slice: str
    value: str
    n: int
    leaders: tuple[str, ...]
    is_proven: bool


@dataclass(frozen=True, slots=True)
class CaseContrast:
    """A case by its scores in the ranked metric, one per arm, in the order of the rows."""

    case_id: str
    scores: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a comparison says.

    `metric` is None where nothing can be claimed (no metric of quality: answers stand side by
    side); rows then keep the order in which the arms were named. `sentence` is what is proven, in
    words; `n_needed` is the number of cases that would decide the closest call. `worst` are cases
    on which every arm does badly, `most_different` those on which arms differ most. `metrics` are
    those behind the `others` of the rows.
    """

    metric: MetricInfo | None
    cases: int
    clusters: int
    level: float
    arms: tuple[ComparedArm, ...]
    pairs: tuple[ComparedPair, ...]
    slices: tuple[SliceLeaders, ...]
    worst: tuple[CaseContrast, ...]
    most_different: tuple[CaseContrast, ...]
    sentence: str
    n_needed: int | None = None
    notes: tuple[str, ...] = ()
    metrics: tuple[MetricInfo, ...] = ()
