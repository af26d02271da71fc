"""Runs an evaluation: a fixed set of workers pulls cases and streams results into the store."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import NamedTuple

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.evaluations.budget import Budget
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.evaluation import Evaluation
from genaiops.evaluations.ordering import largest_first, size_of
from genaiops.evaluations.progress import OnProgress, Progress
from genaiops.evaluations.scores import run_scores
from genaiops.evaluations.stopping import Stop
from genaiops.evaluations.taking_over import take_over
from genaiops.flow.deadline import Deadline
from genaiops.flow.functions import first_error
from genaiops.gates import SequentialGates
from genaiops.records import (
    WORST_KINDS,
    Case,
    CaseResult,
    EvalRun,
    Failure,
    FlowRun,
)
from genaiops.store import Store, StoredResult, StoredRun

_LEAST_BATCH = 16
"""Cases between two looks at gates, at the least."""


class _Task(NamedTuple):
    position: int
    case: Case
    repeat: int

    @property
    def key(self) -> tuple[str, int]:
        return self.case.id, self.repeat


class Runner:
    """Runs one evaluation into a store. `ledger` is the one that the flow was compiled with.

    `budget` is the one of its models: a case that waits for more money gets no result. Once `stop`
    is asked for, no case is begun, and cases that do not end soon get no result.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        store: Store,
        ledger: CountingLedger,
        on_progress: OnProgress,
        *,
        budget: Budget | None = None,
        stop: Stop | None = None,
    ) -> None:
        self._evaluation = evaluation
        self._store = store
        self._ledger = ledger
        self._on_progress = on_progress
        self._budget = budget
        self._stop = stop or Stop()
        self._gates: SequentialGates | None = None
        self._unseen: dict[tuple[str, int], StoredResult] = {}

    async def run(
        self,
        planned: EvalRun,
        asked: str | None = None,
        *,
        gates: SequentialGates | None = None,
        earlier: EvalRun | None = None,
    ) -> EvalRun:
        """Run all cases; each ends scored, errored or skipped, with its reason.

        Interrupted, the run is stored as such with what was finished, and the interruption goes on.
        So is one that was stopped, by the budget too, which returns. `asked` is kept with it, for
        who wants to go on. `gates` are looked at after each batch of cases, which are all held in
        memory then; once they want no more, the cases left are skipped. Results of an `earlier` run
        of the same with fewer repeats are taken over.
        """
        self._gates = gates
        run = await self._store.begin(planned, asked)
        if earlier is not None:
            await take_over(self._store, earlier, run)
        return await self._go_on(run)

    async def resume(self, stored: StoredRun, *, gates: SequentialGates | None = None) -> EvalRun:
        """Go on with a run of this evaluation that did not finish; see `run`.

        Cases that have their result keep it.

        Raises:
            InputError: it is finished by now, or another process works on it.
        """
        self._gates = gates
        return await self._go_on((await self._store.take_up(stored.run.id)).run)

    async def _go_on(self, run: EvalRun) -> EvalRun:
        """Run what has no result yet."""
        progress = Progress(planned=run.planned)
        has_result = bytearray(run.planned)
        for position, repeat in self._store.places(run.id):
            has_result[position * run.repeats + repeat] = True
        for each in self._store.results(run.id, with_nodes=False):
            progress.take(each.result)
            self._hold(each)
        made, reused = self._store.calls_until(run.id)
        self._ledger.made = max(made, run.made_calls, self._ledger.made)
        self._ledger.reused = max(reused, run.reused_calls, self._ledger.reused)
        return await self._run_rest(run, progress, has_result)

    async def _run_rest(self, run: EvalRun, progress: Progress, has_result: bytearray) -> EvalRun:
        started = time.monotonic()
        self._stop.is_heeded = True
        try:
            if self._gates is None:
                await self._work(run, progress, self._open_tasks(has_result))
            else:
                run = await self._work_in_batches(run, progress, self._gates)
        except BaseException:
            await asyncio.shield(
                self._store.finish(self._finished(run, progress, started), "interrupted")
            )
            raise
        finally:
            self._stop.is_heeded = False
        finished = self._finished(run, progress, started)
        is_whole = progress.done == run.planned
        await self._store.finish(finished, "finished" if is_whole else "interrupted")
        return finished

    async def _work_in_batches(
        self, run: EvalRun, progress: Progress, gates: SequentialGates
    ) -> EvalRun:
        """Look at the gates after each batch, until they want no more or a case has no result."""
        tasks: dict[str, list[_Task]] = {}
        for task in self._open_tasks(bytearray(run.planned)):
            tasks.setdefault(task.case.id, []).append(task)
        for ids in gates.batches(max(self._evaluation.spec.concurrency, _LEAST_BATCH)):
            batch = {task.key: task for case_id in ids for task in tasks[case_id]}
            left = [task for key, task in batch.items() if key not in self._unseen]
            await self._work(run, progress, left)
            if not self._unseen.keys() >= batch.keys():
                break
            seen = run_scores(run, [self._unseen.pop(key) for key in batch])
            if looks := gates.look(seen.cases):
                progress.skip_rest()
                self._on_progress(progress)
                return run.model_copy(update={"looks": looks})
        return run

    async def _work(self, run: EvalRun, progress: Progress, open_: Iterable[_Task]) -> None:
        tasks = self._tasks(open_)
        count = min(self._evaluation.spec.concurrency, max(run.planned, 1))
        try:
            async with asyncio.TaskGroup() as group:
                workers = [
                    group.create_task(self._worker(run, tasks, progress)) for _ in range(count)
                ]
                end = group.create_task(self._stop.cut_short(workers))
                await asyncio.wait(workers)
                end.cancel()
        except ExceptionGroup as errors:
            raise first_error(errors) from errors

    async def _worker(self, run: EvalRun, tasks: Iterator[_Task], progress: Progress) -> None:
        for task in tasks:
            stored = await self._one(task)
            if self._budget is not None and self._budget.release(task.case.id, task.repeat):
                continue
            self._store.add(
                run.id,
                task.position,
                stored,
                made_calls=self._ledger.made,
                reused_calls=self._ledger.reused,
            )
            progress.take(stored.result)
            self._hold(stored)
            self._on_progress(progress)
            await self._store.make_room()

    def _hold(self, stored: StoredResult) -> None:
        """Keep a result until the gates have seen it."""
        if self._gates is not None:
            self._unseen[stored.case.id, stored.result.repeat] = stored

    def _tasks(self, open_tasks: Iterable[_Task]) -> Iterator[_Task]:
        for task in largest_first(open_tasks, lambda task: size_of(task.case.inputs)):
            if self._stop.is_asked:
                return
            yield task

    def _open_tasks(self, has_result: bytearray) -> Iterator[_Task]:
        spec = self._evaluation.spec
        for position, case in enumerate(self._evaluation.dataset.cases(spec.filter, spec.limit)):
            for repeat in range(spec.repeats):
                if not has_result[position * spec.repeats + repeat]:
                    yield _Task(position, case, repeat)

    async def _one(self, task: _Task) -> StoredResult:
        case = task.case
        try:
            inputs = self._evaluation.flow.bind(self._evaluation.inputs_of(case))
            planted = self._evaluation.planted_for(case)
        except InputError as error:
            failure = Failure(kind="template", message=str(error), where="inputs")
            result = CaseResult(
                case_id=case.id, repeat=task.repeat, status="skipped", failure=failure
            )
            return StoredResult(case, result, ())
        seconds = self._evaluation.spec.timeout_s
        try:
            async with nullcontext() if seconds is None else Deadline(seconds):
                with self._evaluation.planting.planted(planted):
                    flow_run = await self._evaluation.flow.run(
                        inputs, case_id=case.id, repeat=task.repeat
                    )
        except TimeoutError:
            failure = Failure(kind="timeout", message=f"not done after {seconds:g} s", where="flow")
            flow_run = FlowRun(
                flow=self._evaluation.flow.name,
                inputs=inputs,
                failure=failure,
                latency_s=seconds or 0.0,
            )
        return StoredResult(case, await self._scored(task, flow_run), flow_run.nodes)

    async def _scored(self, task: _Task, run: FlowRun) -> CaseResult:
        scores = {
            metric.info.name: await metric.score(task.case, run, repeat=task.repeat)
            for metric in self._evaluation.metrics
        }
        calls = [key for node in run.nodes for key in node.calls]
        is_missing = run.failure is not None and run.failure.kind not in WORST_KINDS
        return CaseResult(
            case_id=task.case.id,
            repeat=task.repeat,
            status="errored" if is_missing else "scored",
            outputs=run.outputs,
            failure=run.failure,
            scores=scores,
            latency_s=None if run.batched or "latency" in run.untold else run.latency_s,
            usage=run.usage,
            calls=digest(calls) if calls else "",
            made_again=tuple(reason for node in run.nodes for reason in node.made_again),
        )

    def _finished(self, run: EvalRun, progress: Progress, started: float) -> EvalRun:
        return run.model_copy(
            update={
                "scored": progress.scored,
                "errored": progress.errored,
                "skipped": progress.skipped,
                "usage": progress.usage,
                "judging": progress.judging,
                "made_calls": self._ledger.made,
                "reused_calls": self._ledger.reused,
                "made_again": dict(sorted(progress.made_again.items())),
                "seconds": round(run.seconds + time.monotonic() - started, 3),
            }
        )
