"""Use cases around selections: resolve one from the newest evidence, see whether it holds."""

from collections.abc import Mapping

from genaiops.datasets import open_dataset
from genaiops.errors import InputError
from genaiops.evaluations.evaluation import cases_digest
from genaiops.evaluations.selection import Choice, Evidence, choose
from genaiops.gates import estimate_run
from genaiops.project.files import eval_name
from genaiops.project.judging import judge_run, scores_of
from genaiops.project.lock import CatalogLock, LockedModel, lock_problem, write_lock
from genaiops.project.session import Session
from genaiops.records import EvalRun, MetricInfo, RunScores, Verdict
from genaiops.specs.catalog import SelectionSpec
from genaiops.stats import estimate_quantile
from genaiops.store import Store


def resolve_selection(session: Session, store: Store, name: str) -> Choice:
    """Choose a model by the constraints and evidence of a selection, and lock the choice.

    Raises:
        InputError: there is no such selection, or its evidence names no evaluation.
        StoreError: the lock cannot be written.
    """
    spec = selection_of(session, name)
    catalog = session.project.catalog.spec
    evidence = gather_evidence(session, store, spec)
    choice = choose(spec, catalog, evidence, session.clock().date())
    if choice.model is not None:
        locked = LockedModel(
            model=choice.model,
            selection_digest=spec.digest,
            entry_digest=catalog.models[choice.model].digest,
            evidence_digest=evidence[choice.model].run_digest,
        )
        selections = {**session.lock.selections, name: locked}
        write_lock(session.root, CatalogLock(selections=dict(sorted(selections.items()))))
    return choice


def check_selection(session: Session, store: Store, name: str) -> str | None:
    """Why the locked choice no longer holds, or None; newer evidence counts where there is any."""
    spec = selection_of(session, name)
    problem = lock_problem(name, session.lock, session.project.catalog.spec)
    if problem is not None:
        return problem
    evidence = gather_evidence(session, store, spec)
    chosen = session.lock.selections[name].model
    if chosen not in evidence:
        return None
    today = session.clock().date()
    choice = choose(spec, session.project.catalog.spec, evidence, today)
    if choice.model == chosen:
        return None
    excluded = {candidate.model: candidate.excluded for candidate in choice.candidates}
    return f"{chosen!r} is no longer the choice: {excluded[chosen] or f'{choice.model!r} is'}"


def selection_of(session: Session, name: str) -> SelectionSpec:
    """A selection of the catalog.

    Raises:
        InputError: there is none of this name.
    """
    selections = session.project.catalog.spec.selections
    if name not in selections:
        raise InputError.unknown("selection", name, selections)
    return selections[name]


def gather_evidence(session: Session, store: Store, spec: SelectionSpec) -> Mapping[str, Evidence]:
    """The newest finished run of the evidence for each model that was evaluated alone.

    Only runs of the evaluation as its file says it count: on its cases, with its variant.
    """
    name = eval_name(spec.evidence)
    said = session.project.eval(name).spec
    same = {
        "cases": cases_digest(said),
        "dataset": open_dataset(session.root / said.dataset, said.dataset).digest,
    }
    found: dict[str, Evidence] = {}
    for stored in store.runs(name):
        run = stored.run
        is_alone = len(run.models) == 1 and run.models[0] not in found
        is_same = run.variant == said.variant and same.items() <= run.digests.items()
        if stored.is_whole and is_alone and is_same:
            scores = scores_of(store, stored)
            found[run.models[0]] = _evidence(session, store, spec, run, scores)
    return found


def _evidence(
    session: Session, store: Store, spec: SelectionSpec, run: EvalRun, scores: RunScores
) -> Evidence:
    gates = session.project.eval(run.eval).spec.gates
    verdicts = judge_run(session, store, run).verdicts if gates else ()
    blocking = [verdict for verdict in verdicts if verdict.tier == "blocking"]
    latencies = [stored.result.latency_s for stored in store.results(run.id)]
    known = [latency_s for latency_s in latencies if latency_s is not None]
    p95 = estimate_quantile(known, quantile=0.95, alpha=0.05).value
    cost = run.usage.cost_usd
    return Evidence(
        model=run.models[0],
        run_digest=run.digest,
        failed=tuple(v.gate for v in blocking if v.limit is not None and not _is_kept(v)),
        unjudged=tuple(v.gate for v in blocking if v.limit is None),
        quality=_quality(spec, scores),
        usd_per_1k_cases=None if cost is None else 1000 * cost / run.planned,
        latency_p95_s=p95 if len(known) == len(latencies) else None,
    )


def _is_kept(verdict: Verdict) -> bool:
    """Whether a limit is proven to be kept; slices, which never are, at least do not fail."""
    return verdict.word == "pass" or (bool(verdict.slices) and verdict.word != "fail")


def _quality(spec: SelectionSpec, scores: RunScores) -> float | None:
    """The mean of the quality metric, oriented so that more is better."""
    for entry in estimate_run(scores):
        if entry.info.name == (spec.quality or scores.run.metrics[0].name):
            return _oriented(entry.info, entry.estimate.value)
    raise InputError.unknown("metric", spec.quality or "", [m.name for m in scores.run.metrics])


def _oriented(info: MetricInfo, value: float | None) -> float | None:
    return value if value is None or info.direction == "higher" else -value
