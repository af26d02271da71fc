"""Arms on the same cases: from their scores to ranks, claims and what would decide. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.evaluations.claims import NOTHING_CLAIMED, names
from genaiops.evaluations.comparison import ArmScores, ComparedArm, Comparison
from genaiops.evaluations.measured import (
    estimate_arm,
    latencies,
    latency_p95_s,
    other_metrics,
    shared_cases,
    usd_per_1k_cases,
)
from genaiops.evaluations.ranked import Ranking, failure_of, rank_arms
from genaiops.evaluations.scores import run_scores
from genaiops.gates import estimate_run
from genaiops.records import EvalRun, MetricInfo
from genaiops.store import StoredResult

MOST_ARMS = 300


def compare_arms(
    arms: Sequence[ArmScores],
    *,
    metric: str | None,
    slices: Sequence[str] = (),
    margin: float | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Rank arms by one metric, and say what is proven about them.

    Cases that not all arms have are left out. All claims about pairs together are wrong with a
    chance of 1 - level at most; see `stats.ranking`.

    Args:
        arms: at least one; those that failed stay in the table.
        metric: a metric that all arms have; None takes the first one of quality (unit share or
            score), and without any nothing is claimed.
        slices: tags to name the leaders of.
        margin: the drop in the metric that is tolerated for being cheaper or faster; without one
            only arms that are proven better can take others off the front.
        level: of all claims, and of all intervals of differences, together.
        seed: of the random signs.

    Raises:
        InputError: there are over 300 arms, two have the same label, an arm has a case twice, the
            arms do not share the metric, or a score is outside of its range.
    """
    _check(arms)
    running = [arm for arm in arms if arm.failure is None and arm.cases]
    ids = shared_cases(running)
    info = _metric(running, metric)
    if info is None or not running:
        return _side_by_side(arms, ids, level, seed)
    ranking = Ranking(info, tuple(slices), margin, level, seed)
    return rank_arms(arms, running, ids, ranking)


def arm_scores(label: str, run: EvalRun, results: Iterable[StoredResult]) -> ArmScores:
    """What is compared of a run, read from its results in one pass.

    A repeat that was skipped or errored cost and took nothing that counts; a failure of the
    product's own did.
    """
    amounts = _Amounts({}, {})
    scores = run_scores(run, amounts.watched(results))
    return ArmScores(
        label=label,
        metrics=run.metrics,
        cases=scores.cases,
        estimates=estimate_run(scores),
        cost_usd={case_id: _mean_cost(costs) for case_id, costs in amounts.costs.items()},
        latency_s={case_id: sum(took) / len(took) for case_id, took in amounts.latencies.items()},
    )


@dataclass(frozen=True, slots=True)
class _Amounts:
    """What each repeat of a case cost and took."""

    costs: dict[str, list[float | None]]
    latencies: dict[str, list[float]]

    def watched(self, results: Iterable[StoredResult]) -> Iterator[StoredResult]:
        """The results as they come, noting what they cost and took."""
        for stored in results:
            if stored.result.status == "scored":
                self.costs.setdefault(stored.case.id, []).append(stored.result.usage.cost_usd)
                if stored.result.latency_s is not None:
                    self.latencies.setdefault(stored.case.id, []).append(stored.result.latency_s)
            yield stored


def _mean_cost(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if len(known) == len(costs) else None


def _check(arms: Sequence[ArmScores]) -> None:
    if len(arms) > MOST_ARMS:
        raise InputError(f"{len(arms)} arms are too many to compare at once; {MOST_ARMS} are not")
    for label, count in Counter(arm.label for arm in arms).items():
        if count > 1:
            raise InputError(f"{count} arms are called {label!r}: give each its own name")
    for arm in arms:
        for case_id, count in Counter(case.case_id for case in arm.cases).items():
            if count > 1:
                raise InputError(f"{arm.label}: the case {case_id!r} is there {count} times")


def _metric(arms: Sequence[ArmScores], name: str | None) -> MetricInfo | None:
    if not arms:
        return None
    shared = [
        info for info in arms[0].metrics
        if all(info.name in {each.name for each in arm.metrics} for arm in arms)
    ]  # fmt: skip
    if name is None:
        chosen = next((info for info in shared if info.unit in {"share", "score"}), None)
    else:
        chosen = next((info for info in shared if info.name == name), None)
        if chosen is None:
            raise InputError.unknown("metric", name, [info.name for info in shared])
    if chosen is not None and any(chosen not in arm.metrics for arm in arms):
        raise InputError(
            f"the arms were scored by different versions of {chosen.name!r}: score them again"
        )
    return chosen


def _units(arms: Sequence[ArmScores], ids: Sequence[str]) -> int:
    clusters = {case.case_id: case.cluster for arm in arms for case in arm.cases}
    return len({clusters[case_id] or ("", case_id) for case_id in ids})


def _side_by_side(
    arms: Sequence[ArmScores], ids: Sequence[str], level: float, seed: int
) -> Comparison:
    failed = [arm.label for arm in arms if failure_of(arm) is not None]
    claim = NOTHING_CLAIMED if len(failed) < len(arms) else "No arm has a score."
    sentence = f"{claim} {names(failed)} failed." if failed else claim
    rows = tuple(
        ComparedArm(
            label=arm.label,
            estimate=None,
            rank_low=None,
            rank_high=None,
            usd_per_1k_cases=usd_per_1k_cases(arm, ids),
            latency_p95_s=latency_p95_s(latencies(arm, ids)),
            on_front=None,
            others={info.name: estimate_arm(arm, info, ids, seed) for info in arm.metrics}
            if arm.failure is None and arm.cases
            else {},
            failure=failure_of(arm),
        )
        for arm in arms
    )
    return Comparison(
        metric=None, cases=len(ids), clusters=_units(arms, ids), level=level, arms=rows, pairs=(),
        slices=(), worst=(), most_different=(), sentence=sentence,
        metrics=other_metrics(arms, None),
    )  # fmt: skip
