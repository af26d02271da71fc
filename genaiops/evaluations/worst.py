"""The cases to look at first: those that lost most, or that scored worst. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from genaiops.evaluations.columns import sign_of
from genaiops.records import CaseScores, MetricInfo
from genaiops.store import StoredResult

_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A case by its worst repeat, with its scores averaged over the repeats.

    `before` is that of the baseline, and None where nothing is compared.
    """

    stored: StoredResult
    before: float | None
    after: float


def worst_cases(
    info: MetricInfo,
    results: Callable[[], Iterator[StoredResult]],
    reference: Iterable[CaseScores] | None = None,
    *,
    most: int = 5,
) -> tuple[WorstCase, ...]:
    """Up to `most` cases: those that lost most since the reference, else those of the worst scores.

    A case that lost nothing, or that has the best score there is, is none of them; neither is one
    that has no score.

    Args:
        info: the metric by which cases are bad.
        results: streams all results of the run anew at each call; it is called twice.
        reference: the cases of the run that this one is compared with.
        most: so many at most.
    """
    after = _means(info, results())
    before = None if reference is None else _scores_of(info, reference)
    harm = {
        case_id: loss
        for case_id, value in after.items()
        if (loss := _loss(info, value, before, case_id)) is not None
    }
    chosen = nsmallest(most, harm, key=lambda case_id: (-harm[case_id], case_id))
    shown = _worst_repeats(info, results(), set(chosen))
    return tuple(
        WorstCase(shown[case_id], (before or {}).get(case_id), after[case_id]) for case_id in chosen
    )


def _loss(
    info: MetricInfo, value: float, before: Mapping[str, float] | None, case_id: str
) -> float | None:
    """How much a case lost, or how bad it scored; None of one that is none of the worst."""
    sign = sign_of(info)
    if before is not None:
        lost = sign * (before.get(case_id, value) - value)
        return lost if lost > _EQUAL else None
    is_best = info.best is not None and abs(value - info.best) <= _EQUAL
    return None if is_best else -sign * value


def _means(info: MetricInfo, results: Iterable[StoredResult]) -> dict[str, float]:
    sums: dict[str, tuple[float, int]] = {}
    for stored in results:
        value = _value(info, stored)
        if value is not None:
            total, count = sums.get(stored.case.id, (0.0, 0))
            sums[stored.case.id] = (total + value, count + 1)
    return {case_id: total / count for case_id, (total, count) in sums.items()}


def _scores_of(info: MetricInfo, cases: Iterable[CaseScores]) -> dict[str, float]:
    found: dict[str, float] = {}
    for case in cases:
        values = [value for value in case.scores.get(info.name, ()) if value is not None]
        if values:
            found[case.case_id] = sum(values) / len(values)
    return found


def _worst_repeats(
    info: MetricInfo, results: Iterable[StoredResult], wanted: set[str]
) -> dict[str, StoredResult]:
    sign = sign_of(info)
    found: dict[str, tuple[float, StoredResult]] = {}
    for stored in results:
        value = _value(info, stored)
        if stored.case.id not in wanted or value is None:
            continue
        known = found.get(stored.case.id)
        if known is None or sign * value < known[0]:
            found[stored.case.id] = (sign * value, stored)
    return {case_id: stored for case_id, (_, stored) in found.items()}


def _value(info: MetricInfo, stored: StoredResult) -> float | None:
    score = stored.result.scores.get(info.name)
    return score.value if score else None
