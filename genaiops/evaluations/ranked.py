"""Arms that have scores in one metric: rows, pairs, slices and cases of their comparison. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from genaiops.evaluations.claims import Closest, Found, names, sentence_of
from genaiops.evaluations.columns import Columns, amount_columns, score_columns, sign_of
from genaiops.evaluations.comparison import (
    ArmScores,
    ComparedArm,
    ComparedPair,
    Comparison,
)
from genaiops.evaluations.contrasts import contrast
from genaiops.evaluations.extremes import most_different_cases, worst_cases
from genaiops.evaluations.field import Field
from genaiops.evaluations.field_notes import notes_of
from genaiops.evaluations.front import front, savings
from genaiops.evaluations.leaders import slice_leaders
from genaiops.evaluations.measured import (
    estimate_arm,
    estimate_ranked,
    latencies,
    latency_p95_s,
    other_metrics,
    usd_per_1k_cases,
)
from genaiops.records import Estimate, MetricInfo
from genaiops.stats.ranking import cases_to_prove


@dataclass(frozen=True, slots=True)
class Ranking:
    """By which metric arms are ranked, and what is asked about them besides."""

    info: MetricInfo
    slices: tuple[str, ...]
    margin: float | None
    level: float
    seed: int


def rank_arms(
    arms: Sequence[ArmScores], running: Sequence[ArmScores], ids: Sequence[str], ranking: Ranking
) -> Comparison:
    """Compare the running arms by a metric on the cases `ids`; the others stand below as failed."""
    columns = score_columns(running, ranking.info, ids)
    contrasts = contrast(columns, level=ranking.level, seed=ranking.seed)
    field = Field(running, columns, contrasts, _order(running, columns))
    rows = _rows(field, ids, ranking)
    failed = [arm for arm in arms if arm not in running]
    pairs = tuple(_pair(field, place, ranking) for place in range(contrasts.pairs))
    closest = _closest(field, pairs)
    identical = _identical(field)
    cases = {case.case_id: case for case in running[0].cases}
    found = Found(ranking.info, len(columns.ids), rows, pairs, closest, identical)
    return Comparison(
        metric=ranking.info,
        cases=len(columns.ids),
        clusters=len(columns.starts),
        level=ranking.level,
        arms=(*rows, *map(_failed_row, failed)),
        pairs=pairs,
        slices=tuple(
            slice_leaders(
                columns, cases, slices=ranking.slices, labels=[arm.label for arm in running],
                level=ranking.level, seed=ranking.seed,
            )
        ),
        worst=worst_cases(columns, ranking.info, field.order, len(failed)),
        most_different=most_different_cases(columns, ranking.info, field.order, len(failed)),
        sentence=" ".join([sentence_of(found), *_failed_sentence(failed)]),
        n_needed=closest.n_needed if closest else None,
        notes=tuple(notes_of(field, ids, found, ranking.info)),
        metrics=other_metrics(running, ranking.info.name),
    )  # fmt: skip


def _order(arms: Sequence[ArmScores], columns: Columns) -> tuple[int, ...]:
    means = columns.means()
    return tuple(
        sorted(range(len(arms)), key=lambda place: (-round(means[place], 12), arms[place].label))
    )


def _rows(field: Field, ids: Sequence[str], ranking: Ranking) -> tuple[ComparedArm, ...]:
    beats = field.contrasts.beats()
    cost = amount_columns(field.columns, [arm.cost_usd for arm in field.arms])
    times = [latencies(arm, ids) for arm in field.arms]
    time = amount_columns(field.columns, times)
    on_front = front(
        field.contrasts,
        savings(cost, level=ranking.level, seed=ranking.seed),
        savings(time, level=ranking.level, seed=ranking.seed),
        margin=ranking.margin,
    )
    return tuple(
        ComparedArm(
            label=arm.label,
            estimate=estimate_ranked(arm, ranking.info, ids, ranking.seed),
            rank_low=1 + int(beats[:, place].sum()),
            rank_high=len(field.arms) - int(beats[place].sum()),
            usd_per_1k_cases=usd_per_1k_cases(arm, ids),
            latency_p95_s=latency_p95_s(times[place]),
            on_front=on_front[place],
            others={
                info.name: estimate_arm(arm, info, ids, ranking.seed)
                for info in arm.metrics
                if info.name != ranking.info.name
            },
        )
        for place, arm in ((place, field.arms[place]) for place in field.order)
    )


def _failed_row(arm: ArmScores) -> ComparedArm:
    return ComparedArm(
        label=arm.label, estimate=None, rank_low=None, rank_high=None, usd_per_1k_cases=None,
        latency_p95_s=None, on_front=None, others={}, failure=failure_of(arm),
    )  # fmt: skip


def failure_of(arm: ArmScores) -> str | None:
    """Why an arm has no scores; None where it has some."""
    return arm.failure or (None if arm.cases else "it has no cases")


def _pair(field: Field, place: int, ranking: Ranking) -> ComparedPair:
    found, sign = field.contrasts, sign_of(ranking.info)
    first, second = int(found.first[place]), int(found.second[place])
    low, high = (
        float(end) if isfinite(end) else None for end in (found.low[place], found.high[place])
    )
    if sign < 0:
        low, high = (None if end is None else 0.0 - end for end in (high, low))
    error = float(found.standard_error[place])
    proven = int(found.proven[place])
    return ComparedPair(
        first=field.arms[first].label,
        second=field.arms[second].label,
        difference=Estimate(
            value=sign * float(found.value[place]) + 0.0 if found.cases[place] else None,
            low=low,
            high=high,
            n=int(found.cases[place]),
            missing=int(found.missing[place]),
            level=ranking.level,
            method="max-t over all pairs",
        ),
        standard_error=error if found.units[place] > 1 else None,
        p_value=found.p_value(place),
        p_adjusted=float(found.p_adjusted[place]),
        better=int(found.better[place]),
        worse=int(found.worse[place]),
        proven=None if not proven else "better" if proven > 0 else "worse",
    )


def _closest(field: Field, pairs: Sequence[ComparedPair]) -> Closest | None:
    """The best arm by its mean against the next one that is not proven worse than it."""
    best, *others = field.order
    beats = field.contrasts.beats()
    rival = next((arm for arm in others if not beats[best, arm]), None)
    if rival is None:
        return None
    found = field.contrasts
    place = found.pair(min(best, rival), max(best, rival))
    needed = cases_to_prove(abs(found.t(place)), pairs[place].difference.n, found.critical)
    return Closest(pairs[place], needed)


def _identical(field: Field) -> frozenset[tuple[str, str]]:
    """Pairs that made the same calls on each case, and so have the same answers."""
    calls = [{case.case_id: case.calls for case in arm.cases if case.calls} for arm in field.arms]
    return frozenset(
        (field.arms[first].label, field.arms[second].label)
        for first, second in field.contrasts.places()
        if all(calls[first].get(each) == calls[second].get(each, "") for each in field.columns.ids)
    )


def _failed_sentence(failed: Sequence[ArmScores]) -> tuple[str, ...]:
    return (f"{names([arm.label for arm in failed])} failed.",) if failed else ()
