"""What people said of answers, joined with what a judge scored them: `judge calibrate`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.gates.agreeing import Agreement, Rated
from genaiops.gates.estimates import tag_text
from genaiops.gates.standing import Standing, standing_of
from genaiops.project.drawn_answers import draw_answers
from genaiops.project.files import eval_name
from genaiops.project.label_file import Label, LabelFile
from genaiops.project.labelled_run import LabelledRun
from genaiops.project.session import Session
from genaiops.records import Calibration, LabelledAnswer
from genaiops.store import Store
from genaiops.text.quantities import counted

MOST_SKIPPED = 0.1
"""Of the answers that were drawn, so large a share may be skipped: more is a choice."""


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """How far a judge agrees with people, in all and by slice, and what follows for gates.

    `calibration` and `standing` are there where the judge is a metric of an evaluation.
    """

    name: str
    agreement: Agreement
    slices: Mapping[str, Agreement]
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    standing: Standing | None = None


def given_labels(file: LabelFile) -> tuple[Label, ...]:
    """The labels of a file that were not skipped.

    Raises:
        InputError: there is none.
    """
    if not file.given:
        raise InputError(f"{file.rows.shown} holds no label: genaiops judge label RUN makes some")
    return file.given


def calibrate_recorded(name: str, file: LabelFile, by: str | None) -> JudgeReport:
    """Compare labels with the scores that stand beside them, in the column `judge`.

    Raises:
        InputError: there is no such column, or none that slices are told by.
    """
    if not any(label.judge is not None for label in file.labels):
        raise InputError(
            f"{file.rows.shown} has no column `judge` with scores of {name!r}: add it, or name a "
            "metric of an evaluation as EVAL:METRIC"
        )
    if by is not None and by not in file.rows.names:
        raise InputError.unknown("column", by, file.rows.names)
    grouped = _by_answer(given_labels(file))
    scored = [labels for labels in grouped.values() if labels[0].judge is not None]
    tags = [None if by is None else labels[0].row.values.get(by) for labels in scored]
    answers = [
        Rated(_ratings(labels), labels[0].judge) for labels in scored if labels[0].judge is not None
    ]
    notes = _unscored(len(grouped) - len(scored))
    whole = Agreement(tuple(answers))
    return JudgeReport(name, whole, _slices(whole, tags, by), notes)


def calibrate_metric(
    session: Session, store: Store, judge: str, file: LabelFile, by: str | None, *, is_random: bool
) -> JudgeReport:
    """Compare labels with the scores that a metric gave in the runs that were labelled.

    Labels that name no run are of the evaluation's newest one. `judge` is EVAL:METRIC; `is_random`
    says that the answers were drawn at random, where nothing in the file tells.

    Raises:
        InputError: no such evaluation, run or metric; labels of unknown cases or other answers, or
            that do not fit the metric.
    """
    runs = _labelled_runs(session, store, judge, file)
    (info,) = {run.info.digest: run.info for run in runs.values()}.values()
    labels, tags = list[LabelledAnswer](), list[JsonValue]()
    for (run, _, _), given in _by_answer(given_labels(file)).items():
        labels.append(runs[run].labelled(given))
        tags.append(None if by is None else runs[run].tag(given[0], by))
    calibration = Calibration(
        eval=next(iter(runs.values())).eval,
        metric=info.name,
        fingerprint=info.digest,
        low=info.low or 0.0,
        high=info.high or 0.0,
        is_random=is_random or _is_drawn(file, runs) or _are_all(labels, runs),
        runs=tuple(run.answered for run in runs.values()),
        labels=tuple(sorted(labels, key=lambda each: (each.run, each.case_id, each.repeat))),
    )
    scored = [
        (Rated(label.people, label.judge), tag)
        for label, tag in zip(labels, tags, strict=True)
        if label.judge is not None
    ]
    whole = Agreement(tuple(rated for rated, _ in scored))
    asked = info.model_copy(update={"judge": info.judge or info.metric})
    return JudgeReport(
        name=judge,
        agreement=whole,
        slices=_slices(whole, [tag for _, tag in scored], by),
        notes=(
            *_newest(runs),
            *_another_scale(file, info.name),
            *_unscored(len(labels) - len(scored)),
        ),
        calibration=calibration,
        standing=standing_of(asked, {info.name: calibration}),
    )


def _labelled_runs(
    session: Session, store: Store, judge: str, file: LabelFile
) -> dict[str, LabelledRun]:
    """The runs that were labelled, by what the labels call them; every label fits its run.

    Raises:
        InputError: as `calibrate_metric`.
    """
    name, _, metric = judge.partition(":")
    name = eval_name(name)
    session.project.eval(name)
    named = {label.key[0] for label in file.labels}
    runs = {run: LabelledRun.of(store, run or name, metric) for run in sorted(named)}
    _see_that_they_are_here(file, runs)
    if others := sorted({run.eval for run in runs.values()} - {name}):
        raise InputError(f"{file.rows.shown} labels runs of {', '.join(others)}, not of {name!r}")
    if len({run.info.digest for run in runs.values()}) > 1:
        told = " and ".join(run.id for run in runs.values())
        raise InputError(f"{told} were scored by different versions of {metric!r}")
    found = ((label.line, runs[label.key[0]].fault(label)) for label in file.labels)
    faults = [(line, fault) for line, fault in found if fault is not None]
    if faults:
        raise file.rows.faults(faults)
    return runs


def _see_that_they_are_here(file: LabelFile, runs: Mapping[str, LabelledRun]) -> None:
    """See that the runs are those whose answers were drawn: elsewhere an id is another run's.

    Raises:
        InputError: one of them is not.
    """
    marks = {} if file.sample is None else file.sample.runs
    for run in runs.values():
        if marks.get(run.id, run.answered.mark) != run.answered.mark:
            raise InputError(
                f"{file.rows.shown} labels another run than the {run.id} that is here: calibrate "
                "where it was labelled, and commit evals/calibrations/"
            )


def _is_drawn(file: LabelFile, runs: Mapping[str, LabelledRun]) -> bool:
    """Whether the answers are the first of those that `judge label` drew, nearly none skipped."""
    sample = file.sample
    if sample is None or set(sample.runs) != {run.id for run in runs.values()}:
        return False
    results = {run.id: tuple(run.results.values()) for run in runs.values()}
    order = [each.key for each in draw_answers(results, seed=sample.seed)]
    seen, given = {label.key for label in file.labels}, {label.key for label in file.given}
    return seen == set(order[: len(seen)]) and len(seen - given) <= MOST_SKIPPED * len(seen)


def _are_all(labels: Sequence[LabelledAnswer], runs: Mapping[str, LabelledRun]) -> bool:
    """Whether each case of the runs is labelled, so that nothing was left to chance or choice."""
    labelled = {(label.run, label.case_id) for label in labels}
    return labelled == {(run.id, case_id) for run in runs.values() for case_id in run.cases}


def _by_answer(labels: Sequence[Label]) -> dict[tuple[str, str, int], list[Label]]:
    found: dict[tuple[str, str, int], list[Label]] = {}
    for label in labels:
        found.setdefault(label.key, []).append(label)
    return found


def _ratings(labels: Sequence[Label]) -> tuple[float | str, ...]:
    return tuple(label.rating for label in labels if label.rating is not None)


def _newest(runs: Mapping[str, LabelledRun]) -> tuple[str, ...]:
    """Which run was taken for labels that name none."""
    if "" not in runs:
        return ()
    return (f"labels without `run` are taken to be of {runs[''].id}, the newest run",)


def _another_scale(file: LabelFile, metric: str) -> tuple[str, ...]:
    if file.sample is None or file.sample.metric == metric:
        return ()
    return (f"these labels were asked for on the scale of {file.sample.metric}, not of {metric}",)


def _unscored(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    verb = "has" if count == 1 else "have"
    return (f"{counted(count, 'labelled answer')} {verb} no score of the judge: left out",)


def _slices(whole: Agreement, tags: Sequence[JsonValue], by: str | None) -> dict[str, Agreement]:
    """The parts of an agreement by the tag of each of its answers."""
    if by is None:
        return {}
    found: dict[str, list[Rated]] = {}
    for rated, tag in zip(whole.answers, tags, strict=True):
        found.setdefault(tag_text(tag), []).append(rated)
    return {f"{by} {value}": whole.on(found[value]) for value in sorted(found)}
