"""Use case of answers from elsewhere: matched with a dataset, scored, and kept as a run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets import Dataset, open_dataset
from genaiops.datasets.plain_rows import read_plain_rows
from genaiops.errors import ExecutionError, InputError, StoreError
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.progress import OnProgress
from genaiops.evaluations.runner import Runner
from genaiops.project.answer_columns import answer_columns
from genaiops.project.code import is_python_flow
from genaiops.project.evaluating import unscored_reason
from genaiops.project.paying import budgeted, unpaid_reason
from genaiops.project.planning import scoring_cost
from genaiops.project.recorded_answers import RecordedAnswers, recorded_answers, rows_where
from genaiops.project.session import Session, git_commit
from genaiops.project.suggested import suggest_for
from genaiops.project.supplies import OnNote
from genaiops.project.wants import Used, used_by_metrics
from genaiops.project.wiring import Wiring
from genaiops.records import EvalRun
from genaiops.specs.document import Document
from genaiops.specs.dump import dump_yaml
from genaiops.specs.evaluation import IMPORTED, EvalSpec, MetricUse
from genaiops.specs.load import Loaded
from genaiops.store import Store

_NAME = re.compile(r"\w[\w.-]*\Z")


@dataclass(frozen=True, slots=True)
class Import:
    """Answers of a file for an evaluation: what which column is, and which rows are meant."""

    file: Path
    name: str
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    where: Mapping[str, str] = field(default_factory=dict[str, str])


async def cost_of_import(session: Session, store: Store, wanted: Import) -> float:
    """About how many US dollars the judges of answers would cost, as far as prices are known.

    Raises:
        InputError, TrustError: as for `import_answers`.
    """
    spec = session.project.eval(wanted.name).spec
    if not used_by_metrics(session.project, spec.metrics).models:
        return 0.0
    dataset = open_dataset(session.dataset_path(spec.dataset), session.shown(spec.dataset))
    answers = _answers(wanted, dataset)
    return await scoring_cost(session, store, wanted.name, _scored(spec, answers), answers.flow)


async def import_answers(
    session: Session,
    store: Store,
    wanted: Import,
    *,
    budget: Budget | None,
    on_progress: OnProgress,
    on_note: OnNote,
) -> EvalRun:
    """Score recorded answers as a run of an evaluation; nothing is asked but what metrics ask.

    Raises:
        InputError: the file, its columns or the evaluation do not fit.
        TrustError: a metric wants what is not trusted yet.
        ExecutionError: not one case could be scored, or the budget did not reach all.
    """
    spec = session.project.eval(wanted.name).spec
    dataset = open_dataset(session.dataset_path(spec.dataset), session.shown(spec.dataset))
    answers = _answers(wanted, dataset)
    ledger = CountingLedger(store, reuse=True)
    async with Wiring(session, ledger, wrap=budgeted(session, budget), on_wait=on_note) as wiring:
        evaluation = wiring.scoring(wanted.name, _scored(spec, answers), answers.flow)
        for note in (*wiring.notes, *answers.notes):
            on_note(note)
        planned = evaluation.planned_run(
            started_at=session.clock().isoformat(timespec="seconds"),
            git_commit=git_commit(session.root),
        )
        models = (answers.model,) if answers.model else ()
        runner = Runner(evaluation, store, ledger, on_progress, budget=budget)
        run = await runner.run(planned.model_copy(update={"models": models}))
    reason = unpaid_reason(budget) or unscored_reason(store, run)
    if reason is not None:
        raise ExecutionError(reason)
    return run


def draft_imported(session: Session, name: str, data: Path, metrics: Sequence[str]) -> Session:
    """The session with a new evaluation, in no file yet, whose answers are imported.

    Metrics that are functions of the project are trusted by being named.

    Raises:
        InputError: the name is taken or no name, or the data are not in the project.
    """
    if not _NAME.match(name):
        raise InputError(f"--as {name!r}: a name has letters, digits, `-`, `_` and `.`")
    if name in session.project.evals:
        raise InputError(f"there is an evaluation {name!r} already: import by --eval {name}")
    if not data.resolve().is_relative_to(session.root.resolve()):
        raise InputError(f"-d {data}: lies outside of the project; copy it into the project")
    shown = data.resolve().relative_to(session.root.resolve()).as_posix()
    chosen = tuple(metrics) or suggest_for(open_dataset(data, str(data))).metrics
    uses = tuple(MetricUse(metric=metric) for metric in chosen)
    spec = EvalSpec(flow=IMPORTED, dataset=shown, metrics=uses)
    loaded = Loaded(spec, Document(f"evals/{name}.yaml", {}, {}))
    project = replace(session.project, evals={**session.project.evals, name: loaded})
    own = frozenset((metric, session.root) for metric in metrics if is_python_flow(metric))
    return replace(session, project=project).naming(Used(functions=own))


def write_imported(session: Session, name: str) -> Path:
    """Write the file of a new evaluation, and trust in it what the command line named.

    Raises:
        StoreError: it cannot be written, or such a file is there.
    """
    spec = session.project.eval(name).spec
    said: dict[str, JsonValue] = {
        "flow": spec.flow,
        "dataset": spec.dataset,
        "metrics": [use.metric for use in spec.metrics],
    }
    path = session.root / "evals" / f"{name}.yaml"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(dump_yaml(said))
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    unnamed = replace(session, named=Used())
    session.book.trust(session.root, unnamed.wants(used_by_metrics(session.project, spec.metrics)))
    return path


def _answers(wanted: Import, dataset: Dataset) -> RecordedAnswers:
    rows = rows_where(read_plain_rows(wanted.file, str(wanted.file)), wanted.where)
    expected = dataset.names("expected")
    columns = answer_columns(rows.names, wanted.columns, dataset.names("inputs"), expected)
    said: dict[str, JsonValue] = {"map": dict(wanted.columns), "where": dict(wanted.where)}
    return recorded_answers(rows, columns, dataset, said)


def _scored(spec: EvalSpec, answers: RecordedAnswers) -> EvalSpec:
    """The evaluation without what it would do to get answers."""
    changes: dict[str, object] = {"flow": IMPORTED, "inputs": {}, "repeats": answers.repeats}
    for own in ("variant", "model", "timeout_s"):
        changes[own] = None
    return spec.model_copy(update=changes)
