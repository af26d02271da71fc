"""Use cases around evaluations: run one, and estimate it for a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from genaiops.errors import ExecutionError, InputError, Interrupted
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.reports import Report
from genaiops.evaluations.runner import Runner
from genaiops.evaluations.scores import case_scores, is_left_out
from genaiops.evaluations.stopping import Stop
from genaiops.evaluations.watcher import UNWATCHED, Watcher
from genaiops.gates import SequentialGates, estimate_cases
from genaiops.project.batch_desk import Waiting
from genaiops.project.batching import Batched, answer_by_batches
from genaiops.project.overrides import Overrides
from genaiops.project.paying import budgeted, stopped_by
from genaiops.project.sequential import sequential_gates
from genaiops.project.session import Session, git_commit
from genaiops.project.supplies import OnNote
from genaiops.project.wiring import Wiring
from genaiops.project.wish import Wish
from genaiops.records import CaseResult, Decision, EvalRun
from genaiops.store import Store, StoredResult, StoredRun
from genaiops.text.quantities import counted


@dataclass(frozen=True, slots=True)
class Asked:
    """An evaluation as it was asked for.

    `reuse` takes recorded calls instead of new ones; without it, `replace` puts the new ones in
    their place. What the calls cost has to fit `budget`, which other evaluations may share;
    `batched` makes them by batches, whose `answers` may be there already. `stop`
    ends it early. `wish` is kept with the run. `unfinished` is a run to go on with, in place of a
    new one. `sequential` is what its gates compare with, `baseline` or a run, where they are looked
    at while cases are run, which ends once they are settled. `earlier` is a run of the same with
    fewer repeats, whose gates were left open: its results are taken over. `resume` is the command
    line that goes on with a run that is named after it.
    """

    name: str
    overrides: Overrides = field(default_factory=Overrides)
    reuse: bool = True
    replace: bool = False
    budget: Budget | None = None
    batched: bool = False
    answers: Batched | None = None
    stop: Stop | None = None
    wish: Wish | None = None
    unfinished: StoredRun | None = None
    sequential: str | None = None
    earlier: EvalRun | None = None
    resume: str | None = None


async def run_evaluation(
    session: Session,
    store: Store,
    asked: Asked,
    *,
    on_note: OnNote,
    watcher: Watcher = UNWATCHED,
) -> EvalRun:
    """Wire and run an evaluation of the project.

    Raises:
        InputError: a file does not fit, a variable or an extra is missing, an index is not built.
        TrustError: the project wants what is not trusted yet.
        ExecutionError: not one case could be scored.
    """
    run = await attempt_evaluation(session, store, asked, on_note=on_note, watcher=watcher)
    reason = unscored_reason(store, run)
    if reason is not None:
        raise ExecutionError(reason)
    return run


async def attempt_evaluation(
    session: Session,
    store: Store,
    asked: Asked,
    *,
    on_note: OnNote,
    watcher: Watcher = UNWATCHED,
) -> EvalRun:
    """Wire and run an evaluation, which may score nothing.

    Raises:
        InputError, TrustError: as for `run_evaluation`.
        ExecutionError: the budget is spent before every case has its result.
        Interrupted: it was stopped before that.
    """
    ledger = CountingLedger(store, reuse=asked.reuse, replace=asked.replace)
    asked = await answers_of_batches(session, store, asked, [asked.overrides], on_note)
    wrap = asked.answers.wrap if asked.answers else budgeted(session, asked.budget)
    wiring = Wiring(session, ledger, wrap=wrap, on_wait=on_note, on_hold=watcher.on_hold)
    async with wiring:
        evaluation = await wiring.evaluation(asked.name, asked.overrides)
        for note in wiring.notes:
            on_note(note)
        planned = evaluation.planned_run(
            started_at=session.clock().isoformat(timespec="seconds"),
            git_commit=session.commit or git_commit(session.root),
        )
        if not planned.planned:
            raise InputError(f"no case of {evaluation.dataset.shown} is left by filter and limit")
        runner = Runner(
            evaluation, store, ledger, watcher.on_progress, budget=asked.budget, stop=asked.stop
        )
        gates = None
        if asked.sequential is not None:
            gates = sequential_gates(session, store, evaluation, planned, asked.sequential)
        run = await _run(runner, asked, planned, gates)
    if store.damaged_calls:
        damaged = counted(store.damaged_calls, "recorded call")
        on_note(f"warning: {damaged} could not be read and counted as none: genaiops cache prune")
    _see_that_it_is_whole(asked, run)
    return run


async def _run(
    runner: Runner, asked: Asked, planned: EvalRun, gates: SequentialGates | None
) -> EvalRun:
    """Go on with what is there of a run, or begin it."""
    if asked.unfinished is not None:
        refuse_changes(asked.unfinished.run, planned)
        return await runner.resume(asked.unfinished, gates=gates)
    if asked.earlier is not None:
        refuse_changes(asked.earlier, planned, but="repeats")
        planned = planned.model_copy(update={"extended_from": asked.earlier.repeats})
    wish = asked.wish.model_dump_json() if asked.wish is not None else None
    return await runner.run(planned, wish, gates=gates, earlier=asked.earlier)


async def answers_of_batches(
    session: Session, store: Store, asked: Asked, runs: Sequence[Overrides], on_note: OnNote
) -> Asked:
    """What was asked for, once batches answered what can be batched of these runs of it.

    Raises:
        InputError, ExecutionError: as for `answer_by_batches`.
    """
    if not asked.batched or asked.answers is not None:
        return asked
    waiting = Waiting(on_note)
    answers = await answer_by_batches(
        session, store, asked.name, runs, budget=asked.budget, waiting=waiting
    )
    return replace(asked, answers=answers)


def refuse_changes(before: EvalRun, now: EvalRun, *, but: str | None = None) -> None:
    """See that what is left of a run would be run like what is done of it, `but` for one thing.

    Raises:
        InputError: something that decides a number is another by now; all that is.
    """
    names = [*dict.fromkeys((*before.digests, *now.digests))]
    changed = [name for name in names if before.digests.get(name) != now.digests.get(name)]
    fixed = [name for name in ("seed", "repeats") if name != but]
    changed += [name for name in fixed if getattr(before, name) != getattr(now, name)]
    if changed:
        raise InputError(
            f"run {before.id!r} cannot go on, for this changed since: {', '.join(changed)}; start "
            "the evaluation again: recorded calls that still fit are reused"
        )


def _see_that_it_is_whole(asked: Asked, run: EvalRun) -> None:
    done = run.scored + run.errored + run.skipped
    if done == run.planned:
        return
    if asked.stop is not None and asked.stop.is_asked:
        raise Interrupted(f"{done} of {run.planned} cases are kept in run {run.id}")
    if asked.budget is not None:
        raise stopped_by(asked.budget, run, asked.resume)


def unscored_reason(store: Store, run: EvalRun) -> str | None:
    """Why not one case could be scored; None where one was."""
    if run.scored:
        return None
    results = (stored.result for stored in store.results(run.id, with_nodes=False))
    failed = (result for result in results if result.failure is not None)
    first = next(failed, None)
    if first is not None and first.status == "skipped":
        first = next((result for result in failed if result.status != "skipped"), first)
    told = _reason(first) if first else "no result was stored"
    return f"none of {run.planned} cases could be scored (run {run.id}); the first: {told}"


def unanswered_reason(store: Store, run: EvalRun) -> str | None:
    """Why nothing was measured, or None: no case was answered, or none has a score.

    Failures of its own score a flow's worst, and are no answer all the same.
    """
    first: CaseResult | None = None
    for stored in store.results(run.id, with_nodes=False):
        if stored.result.failure is None and (not run.metrics or _is_measured(stored.result)):
            return None
        if first is None or (first.failure and not stored.result.failure):
            first = stored.result
    if first is None:
        return None
    what = "was answered" if first.failure else "has a score"
    return f"none of {run.planned} cases {what}; the first: {_reason(first)}"


def _is_measured(result: CaseResult) -> bool:
    scores = result.scores.values()
    return any(score.value is not None or is_left_out(score) for score in scores)


def _reason(result: CaseResult) -> str:
    if result.failure:
        return f"{result.failure.kind}: {result.failure.message}"
    reasons = (f"{name}: {score.reason}" for name, score in result.scores.items())
    return next(reasons, result.status)


def report_of(store: Store, run: EvalRun, decision: Decision | None = None) -> Report:
    """A run as reports and the terminal show it."""
    results = store.results(run.id, with_nodes=False)
    watch = _Watch()
    estimates = estimate_cases(run, case_scores(run, watch.seen(results)))
    return Report(
        run, estimates, decision, lambda: store.results(run.id), has_failures=watch.has_failures
    )


@dataclass(slots=True)
class _Watch:
    """Looks at results that pass by for what failed or is missing."""

    has_failures: bool = False

    def seen(self, results: Iterator[StoredResult]) -> Iterator[StoredResult]:
        """The same results."""
        for stored in results:
            result = stored.result
            self.has_failures |= result.failure is not None or any(
                score.reason is not None for score in result.scores.values()
            )
            yield stored
