"""Use case of two runs whose answers a pairwise judge compares: kept as a run of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genaiops.errors import ExecutionError, InputError, suggest
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.pair_summary import PairSummary, pair_summary
from genaiops.evaluations.progress import OnProgress
from genaiops.evaluations.recorded_flow import Draw, RecordedFlow
from genaiops.evaluations.runner import Runner
from genaiops.project.evaluating import unscored_reason
from genaiops.project.judges import PREFIX, judge_specs
from genaiops.project.paying import budgeted, unpaid_reason
from genaiops.project.planning import scoring_cost
from genaiops.project.rescoring import recorded_run
from genaiops.project.session import Session, git_commit
from genaiops.project.supplies import OnNote
from genaiops.project.wiring import Wiring
from genaiops.records import WORST_KINDS, EvalRun, Failure, FlowRun
from genaiops.specs.document import Document
from genaiops.specs.evaluation import IMPORTED, EvalSpec, MetricUse
from genaiops.specs.judge import ANSWER, OTHER, JudgeSpec
from genaiops.specs.load import Loaded
from genaiops.specs.references import parse_reference
from genaiops.store import Store


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two runs to be compared by a judge. `name` is that of the evaluation of the pairs."""

    session: Session
    name: str
    spec: EvalSpec
    label: str
    answer: str
    first: EvalRun
    second: EvalRun


def plan_pairing(
    session: Session, judge: str, model: str | None, first: EvalRun, second: EvalRun
) -> Pairing:
    """How two runs are compared: as `evals/<judge>.yaml` says where there is one.

    Raises:
        InputError: there is no such judge, it compares no pairs, or the runs answer other cases.
    """
    name = judge.removeprefix(PREFIX)
    rubric = _pairwise(session, name)
    if first.digests.get("dataset") != second.digests.get("dataset"):
        raise InputError(f"{first.id} and {second.id} answer other datasets: compare two of one")
    data = session.project.eval(first.eval).spec.dataset
    repeats = min(first.repeats, second.repeats)
    if name in session.project.evals:
        written = session.project.eval(name).spec
        use = next((u for u in written.metrics if u.metric == f"{PREFIX}{name}"), None)
        if use is None or written.flow != IMPORTED:
            raise InputError(
                f"evals/{name}.yaml is to hold how pairs are judged: `flow: imported`, the metric "
                f"`{PREFIX}{name}` with its model, and gates; without it, -m names the model"
            )
        if model is not None:
            raise InputError(f"evals/{name}.yaml says who judges: leave -m {model} out")
        spec = written.model_copy(update={"dataset": data, "repeats": repeats})
    else:
        arguments = {"model": model} if model is not None else {}
        use = MetricUse.model_validate({"metric": f"{PREFIX}{name}", "arguments": arguments})
        spec = EvalSpec(flow=IMPORTED, dataset=data, repeats=repeats, metrics=(use,))
        loaded = Loaded(spec, Document(f"evals/{name}.yaml", {}, {}))
        project = replace(session.project, evals={**session.project.evals, name: loaded})
        session = replace(session, project=project)
    return Pairing(session, name, spec, use.label, _output(rubric, use), first, second)


async def cost_of_pairs(store: Store, pairing: Pairing) -> float:
    """About how many US dollars the judge would cost, as far as prices are known.

    Raises:
        InputError, TrustError: as for `judge_pairs`.
    """
    recorded = _recorded(store, pairing)
    return await scoring_cost(pairing.session, store, pairing.name, pairing.spec, recorded)


async def judge_pairs(
    store: Store,
    pairing: Pairing,
    *,
    budget: Budget | None,
    on_progress: OnProgress,
    on_note: OnNote,
) -> EvalRun:
    """Let the judge compare all pairs; what it compared before is not asked again.

    Raises:
        InputError: the runs have no such output, or the judge's model is not named.
        TrustError: the judge's model is not trusted yet.
        ExecutionError: not one pair could be judged, or the budget did not reach all.
    """
    session = pairing.session
    ledger = CountingLedger(store, reuse=True)
    async with Wiring(session, ledger, wrap=budgeted(session, budget), on_wait=on_note) as wiring:
        evaluation = wiring.scoring(pairing.name, pairing.spec, _recorded(store, pairing))
        planned = evaluation.planned_run(
            started_at=session.clock().isoformat(timespec="seconds"),
            git_commit=git_commit(session.root),
        )
        for note in wiring.notes:
            on_note(note)
        run = await Runner(evaluation, store, ledger, on_progress, budget=budget).run(planned)
    reason = unpaid_reason(budget) or unscored_reason(store, run)
    if reason is not None:
        raise ExecutionError(reason)
    return run


def summary_of(store: Store, pairing: Pairing, run: EvalRun) -> PairSummary:
    """What the judge said of all pairs."""
    results = (stored.result for stored in store.results(run.id, with_nodes=False))
    return pair_summary(results, pairing.label, pairing.answer)


def _pairwise(session: Session, name: str) -> JudgeSpec:
    known = judge_specs(session.project)
    if name not in known:
        raise InputError(f"unknown judge {name!r}{suggest(name, known)}")
    if known[name].form != "pairwise":
        pairs = [each for each, spec in known.items() if spec.form == "pairwise"]
        told = suggest("", pairs)
        raise InputError(f"judge {name!r} scores one answer: name one of `form: pairwise`{told}")
    return known[name]


def _output(rubric: JudgeSpec, use: MetricUse) -> str:
    """The output that the judge sees as the answer."""
    written = use.arguments.get(ANSWER, rubric.references.get(ANSWER, ""))
    reference = parse_reference(str(written)) if written else None
    path = reference.path if reference is not None else ()
    return path[1] if path[:1] == ("outputs",) and len(path) > 1 else ANSWER


def _recorded(store: Store, pairing: Pairing) -> RecordedFlow:
    return RecordedFlow(
        name=IMPORTED,
        parts={"answers": pairing.first.digest, "other answers": pairing.second.digest},
        runs=_pairs(store, pairing),
        source=f"{pairing.first.id} or {pairing.second.id}",
        models=tuple(dict.fromkeys((*pairing.first.models, *pairing.second.models))),
    )


def _pairs(store: Store, pairing: Pairing) -> Mapping[Draw, FlowRun]:
    """The first run's answers, each with the second's beside it."""
    others = {
        (stored.case.id, stored.result.repeat): recorded_run(stored, IMPORTED)
        for stored in store.results(pairing.second.id)
    }
    found: dict[Draw, FlowRun] = {}
    for stored in store.results(pairing.first.id):
        draw = stored.case.id, stored.result.repeat
        if draw in others:
            found[draw] = _pair(recorded_run(stored, IMPORTED), others[draw], pairing.answer)
    if not any(OTHER in (run.outputs or {}) for run in found.values()):
        raise InputError(
            f"no case has an output {pairing.answer!r} in both {pairing.first.id} and "
            f"{pairing.second.id}; say which the judge sees: `answer: ${{run.outputs.NAME}}`"
        )
    return found


def _pair(run: FlowRun, other: FlowRun, answer: str) -> FlowRun:
    """A run that knows the other's answer; of a failure of its own, the other has an empty one."""
    both_failed = run.failure is not None and other.failure is not None
    if both_failed or (other.failure is not None and other.failure.kind not in WORST_KINDS):
        told = "neither run has an answer" if both_failed else "the other run has no answer"
        failure = Failure(kind="recording", message=told, where=IMPORTED)
        return run.model_copy(update={"failure": failure, "outputs": None})
    text = "" if other.failure is not None else (other.outputs or {}).get(answer)
    if text is None or run.outputs is None:
        return run
    return run.model_copy(update={"outputs": {**run.outputs, OTHER: text}})
