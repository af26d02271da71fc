"""Use cases of several arms: run the same evaluation for each, and compare what they scored."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from genaiops.errors import ExecutionError, GenaiopsError, InputError, Interrupted, TrustError
from genaiops.evaluations.comparing import arm_scores, compare_arms
from genaiops.evaluations.comparison import ArmScores, Comparison
from genaiops.evaluations.reports.report import ArmReport
from genaiops.evaluations.score_matrix import METRIC, read_score_matrix
from genaiops.evaluations.watcher import Watcher
from genaiops.gates.ranges import Range
from genaiops.project.arms import Arm
from genaiops.project.evaluating import (
    Asked,
    answers_of_batches,
    attempt_evaluation,
    report_of,
    unanswered_reason,
    unscored_reason,
)
from genaiops.project.paying import refuse_unpriced
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote
from genaiops.project.wants import used_by_eval
from genaiops.records import Direction, EvalRun
from genaiops.store import Store

Watch = Callable[[str], AbstractContextManager[Watcher]]


@dataclass(frozen=True, slots=True)
class RanArm:
    """An arm and its run; `failure` says why it has none, or why nothing in it was scored."""

    label: str
    run: EvalRun | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What several arms came to, for the terminal and for reports."""

    arms: tuple[ArmReport, ...]
    comparison: Comparison


async def run_arms(
    session: Session,
    store: Store,
    asked: Asked,
    arms: Sequence[Arm],
    *,
    watch: Watch,
    on_note: OnNote,
) -> tuple[RanArm, ...]:
    """Run an evaluation once for each arm, one after the other, so that no arm slows another.

    An arm that cannot run stays, with the reason.

    Raises:
        InputError: a model of one of them has no price, and there is a budget.
        TrustError: the project wants what is not trusted yet.
        Interrupted: it was stopped.
        GenaiopsError: no arm could run; the reason of the first.
    """
    if asked.budget is not None:
        refuse_unpriced(session, asked.budget, _models_of(session, asked.name, arms))
    runs = [replace(asked.overrides, flow=arm.overrides) for arm in arms]
    asked = await answers_of_batches(session, store, asked, runs, on_note)
    ran: list[RanArm] = []
    errors: list[GenaiopsError] = []
    for place, arm in enumerate(arms):
        own = replace(
            asked,
            overrides=runs[place],
            wish=asked.wish and asked.wish.model_copy(update={"arm": place}),
        )
        try:
            with watch(arm.label) as watcher:
                run = await attempt_evaluation(
                    session, store, own, on_note=on_note, watcher=watcher
                )
            ran.append(RanArm(arm.label, run, unscored_reason(store, run)))
        except (TrustError, Interrupted):
            raise
        except GenaiopsError as error:
            errors.append(error)
            ran.append(RanArm(arm.label, None, str(error)))
    if len(errors) == len(arms):
        raise errors[0]
    if all(arm.failure is not None for arm in ran):
        raise ExecutionError(ran[0].failure)
    return tuple(ran)


def unanswered_by_all(store: Store, ran: Sequence[RanArm]) -> str | None:
    """Why no arm answered a case, where that is so."""
    reasons = [unanswered_reason(store, arm.run) if arm.run else arm.failure for arm in ran]
    return f"no arm answered a case: {reasons[0]}" if all(reasons) else None


def uncompared_reason(ran: Sequence[RanArm]) -> str | None:
    """Why these arms, of which one or more failed, are no comparison; or None."""
    failed = [arm for arm in ran if arm.failure is not None]
    if not failed or len(ran) - len(failed) > 1:
        return None
    return f"nothing could be compared, for {failed[0].label} failed: {failed[0].failure}"


def _models_of(session: Session, name: str, arms: Sequence[Arm]) -> frozenset[str]:
    """The models that the arms of an evaluation ask."""
    return frozenset(
        model
        for over in (arm.overrides for arm in arms)
        for model in used_by_eval(
            session.project, name, variant=over.variant, model=over.model
        ).models
    )


def compare_matrix(
    path: Path,
    *,
    values: str | None,
    direction: Direction,
    slices: Sequence[str],
    margin: float | None,
) -> Comparison:
    """Compare the columns of a file of scores; `values` is their range, as `LOW,HIGH`.

    Raises:
        InputError: the file or the range is wrong, it holds one arm, no case has two scores, or no
            case has a tag.
    """
    arms = read_score_matrix(path, values=_range(values), direction=direction)
    if len(arms) == 1:
        raise InputError(
            f"{path}: {arms[0].label!r} is its only column of scores, for the first column holds "
            f"the ids of cases: write one more arm"
        )
    if not _has_a_case_in_common(arms):
        raise InputError(f"{path}: no case has a score of two arms, so nothing can be compared")
    tags = dict.fromkeys(tag for case in arms[0].cases for tag in case.tags)
    for tag in slices:
        if tag not in tags:
            raise InputError.unknown("tag", tag, tags)
    return compare_arms(arms, metric=None, slices=slices, margin=margin)


def _has_a_case_in_common(arms: Sequence[ArmScores]) -> bool:
    """Whether a case has the scores of two arms, which hold the same cases in the same order."""
    rows = zip(*(arm.cases for arm in arms), strict=True)
    scored = (sum(case.scores != {METRIC: (None,)} for case in row) for row in rows)
    return any(count > 1 for count in scored)


def _range(written: str | None) -> Range | None:
    if written is None:
        return None
    try:
        low, high = (float(end) for end in written.split(","))
    except ValueError:
        low = high = 0.0
    if not low < high:
        raise InputError(f"--metric-range {written!r}: write LOW,HIGH, such as 0,1 or 1,5")
    return Range(low, high)


def compare_ran(
    store: Store,
    ran: Sequence[RanArm],
    *,
    metric: str | None = None,
    margin: float | None = None,
) -> Compared:
    """Compare what was run, over the slices of the first run too.

    Raises:
        InputError: no arm has the metric that is asked for.
    """
    runs = [arm.run for arm in ran if arm.run is not None]
    names = {info.name for run in runs for info in run.metrics}
    if metric is not None and metric not in names:
        raise InputError.unknown("metric", metric, names)
    comparison = compare_arms(
        [_scores(store, arm) for arm in ran],
        metric=metric,
        slices=runs[0].slices,
        margin=margin,
    )
    reports = tuple(
        ArmReport(arm.label, report_of(store, arm.run) if arm.run else None, arm.failure)
        for arm in ran
    )
    return Compared(reports, comparison)


def margin_of(session: Session, name: str, metric: str | None = None) -> float | None:
    """The drop that the evaluation's own gate tolerates in a metric, by default in its first."""
    spec = session.project.eval(name).spec
    ranked = metric or spec.metrics[0].label
    return next((gate.margin for gate in spec.gates if gate.metric == ranked and gate.margin), None)


def _scores(store: Store, arm: RanArm) -> ArmScores:
    if arm.run is None or arm.failure is not None:
        return ArmScores(arm.label, (), (), failure=arm.failure)
    return arm_scores(arm.label, arm.run, store.results(arm.run.id))
