import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import JsonValue

from genaiops.errors import Again, FailureKind, InputError
from genaiops.evaluations.counting_ledger import CountingLedger
from genaiops.evaluations.evaluation import Evaluation
from genaiops.evaluations.progress import Progress
from genaiops.evaluations.runner import Runner
from genaiops.evaluations.scores import run_scores
from genaiops.evaluations.stopping import Stop
from genaiops.gates import SequentialGates
from genaiops.records import WORST_KINDS, CaseScores, Completion, EvalRun, Failure, FlowRun
from genaiops.specs.evaluation import GateSpec
from genaiops.store import Store
from tests.evaluations.build import ScriptedFlow, answered, evaluation, result
from tests.fakes import MemoryLedger

pytestmark = pytest.mark.anyio


async def run(store: Store, wanted: Evaluation) -> EvalRun:
    ledger = CountingLedger(store, reuse=True)
    planned = wanted.planned_run(started_at="2026-11-21T00:00:00", git_commit=None)
    return await Runner(wanted, store, ledger, lambda _: None).run(planned)


async def test_every_case_and_repeat_is_scored_once_in_the_order_of_the_dataset(
    tmp_path: Path,
) -> None:
    wanted = evaluation(tmp_path, answered, repeats=2, concurrency=3)
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, wanted)
        places = [(s.case.id, s.result.repeat) for s in store.results(done.id)]
    assert places == [(f"c{i}", repeat) for i in range(3) for repeat in range(2)]
    assert (done.planned, done.scored, done.errored, done.skipped) == (6, 6, 0, 0)


async def test_the_largest_case_is_begun_first_and_results_keep_the_order_of_the_dataset(
    tmp_path: Path,
) -> None:
    wanted = evaluation(tmp_path, answered, count=12, concurrency=1)
    flow = ScriptedFlow(answered)
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, replace(wanted, flow=flow))
        kept = [stored.case.id for stored in store.results(done.id)]
    of_one_digit = [f"c{number}" for number in range(10)]
    assert [case_id for case_id, _ in flow.seen] == ["c0", "c10", "c11", *of_one_digit[1:]]
    assert kept == [*of_one_digit, "c10", "c11"]


@pytest.mark.parametrize("kind", get_args(FailureKind))
async def test_a_failure_is_the_products_own_or_an_error(tmp_path: Path, kind: FailureKind) -> None:
    def fail(inputs: dict[str, JsonValue]) -> FlowRun:
        return FlowRun(flow="f", inputs=inputs, failure=Failure(kind=kind, message="told"))

    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, evaluation(tmp_path, fail))
        kinds = {s.result.failure.kind for s in store.results(done.id) if s.result.failure}
    assert (done.scored, done.errored) == ((3, 0) if kind in WORST_KINDS else (0, 3))
    assert kinds == {kind}


async def test_a_case_without_an_input_is_skipped_with_its_reason(tmp_path: Path) -> None:
    wanted = evaluation(tmp_path, answered, inputs={"q": "${case.inputs.missing}"})
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, wanted)
        told = [s.result.failure.message for s in store.results(done.id) if s.result.failure]
    assert done.planned == done.skipped == 3
    assert "no field 'missing'" in told[0]


async def test_a_flow_over_its_time_counts_as_a_timeout(tmp_path: Path) -> None:
    class Endless(ScriptedFlow):
        async def run(self, *_: object, **__: object) -> FlowRun:
            await asyncio.Event().wait()
            raise AssertionError

    wanted = evaluation(tmp_path, answered, count=1, timeout_s=0.01)
    slow = replace(wanted, flow=Endless(answered))
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, slow)
        (stored,) = store.results(done.id)
    assert stored.result.failure
    assert (stored.result.failure.kind, stored.result.status) == ("timeout", "scored")


async def test_a_cancelled_run_is_stored_with_what_was_finished(tmp_path: Path) -> None:
    reached = asyncio.Event()

    class Waits(ScriptedFlow):
        async def run(self, inputs: dict[str, JsonValue], **_: object) -> FlowRun:
            if inputs["q"] == "2":
                reached.set()
                await asyncio.Event().wait()
            return answered(inputs)

    wanted = replace(evaluation(tmp_path, answered, concurrency=1), flow=Waits(answered))
    with Store(tmp_path / "s.sqlite") as store:
        async with asyncio.TaskGroup() as group:
            work = group.create_task(run(store, wanted))
            await reached.wait()
            work.cancel()
        (stored,) = store.runs()
    assert (stored.state, stored.run.scored) == ("interrupted", 2)


class Waits(ScriptedFlow):
    """Answers, but for the cases that it is to hang on; `reached` tells that it does."""

    def __init__(self, *hanging: str) -> None:
        super().__init__(answered)
        self.hanging = set(hanging)
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def run(self, inputs: dict[str, JsonValue], **given: Any) -> FlowRun:
        if inputs["q"] in self.hanging:
            self.reached.set()
            await self.released.wait()
        return await super().run(inputs, **given)


async def stopped(store: Store, wanted: Evaluation, flow: Waits, stop: Stop) -> EvalRun:
    """A run that is asked to stop once the flow hangs."""
    runner = Runner(
        replace(wanted, flow=flow), store, CountingLedger(store, reuse=True), lambda _: None,
        stop=stop,
    )  # fmt: skip
    planned = wanted.planned_run(started_at="", git_commit=None)
    async with asyncio.TaskGroup() as group:
        work = group.create_task(runner.run(planned, "asked"))
        await flow.reached.wait()
        assert stop.is_heeded
        stop.ask()
        if not stop._grace_s:
            await work
        flow.released.set()
    return work.result()


async def test_asked_to_stop_a_run_ends_what_is_in_flight_and_begins_nothing(
    tmp_path: Path,
) -> None:
    wanted = evaluation(tmp_path, answered, count=6, concurrency=2)
    with Store(tmp_path / "s.sqlite") as store:
        done = await stopped(store, wanted, Waits("1", "2"), Stop(grace_s=60))
        kept = [each.case.id for each in store.results(done.id)]
        assert store.run(done.id).state == "interrupted"
    assert kept == ["c0", "c1", "c2"]
    assert done.scored == 3


async def test_what_does_not_end_in_time_has_no_result(tmp_path: Path) -> None:
    wanted = evaluation(tmp_path, answered, count=6, concurrency=1)
    with Store(tmp_path / "s.sqlite") as store:
        done = await stopped(store, wanted, Waits("2"), Stop(grace_s=0))
        kept = [each.case.id for each in store.results(done.id)]
    assert (kept, done.scored) == (["c0", "c1"], 2)


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_a_resumed_run_equals_one_that_was_not_interrupted(
    tmp_path: Path, concurrency: int
) -> None:
    wanted = evaluation(tmp_path, answered, count=6, concurrency=concurrency, repeats=2)
    with Store(tmp_path / "s.sqlite") as store:
        whole = await run(store, wanted)
        part = await stopped(store, wanted, Waits("3"), Stop(grace_s=0))
        flow = ScriptedFlow(answered)
        runner = Runner(
            replace(wanted, flow=flow), store, CountingLedger(store, reuse=True), lambda _: None
        )
        kept = {(each.case.id, each.result.repeat) for each in store.results(part.id)}
        again = await runner.resume(store.run(part.id))
        assert list(store.results(again.id)) == list(store.results(whole.id))
        assert store.run(again.id).state == "finished"
    everything = {(f"c{case}", repeat) for case in range(6) for repeat in range(2)}
    assert set(flow.seen) == everything - kept
    assert len(flow.seen) == 12 - len(kept)
    times: dict[str, object] = {"id": "", "seconds": 0}
    assert again.model_copy(update=times) == whole.model_copy(
        update={**times, "started_at": again.started_at}
    )


def watching(wanted: Evaluation) -> SequentialGates:
    """A gate on f1 that is decided after a few dozen cases."""
    floor = GateSpec(metric="f1", at_least=0.9)
    planned = wanted.planned_run(started_at="", git_commit=None)
    cases = [CaseScores(case_id=case.id, scores={}) for case in wanted.dataset.cases({}, None)]
    return SequentialGates([floor], planned, None, cases, policy="block")


async def test_gates_that_are_decided_skip_the_cases_left(tmp_path: Path) -> None:
    wanted, flow = evaluation(tmp_path, answered, count=100, concurrency=4), ScriptedFlow(answered)
    shown: list[int] = []
    with Store(tmp_path / "s.sqlite") as store:
        runner = Runner(
            replace(wanted, flow=flow),
            store,
            CountingLedger(store, reuse=True),
            lambda progress: shown.append(progress.done),
        )
        planned = wanted.planned_run(started_at="", git_commit=None)
        done = await runner.run(planned, gates=watching(wanted))
        assert store.run(done.id).state == "finished"
        assert sum(1 for _ in store.results(done.id)) == done.scored
    assert done.looks is not None
    assert (done.looks.end, done.looks.cases) == ("decided", 16 * done.looks.made)
    assert len(flow.seen) == done.scored == done.looks.cases < 100
    assert done.planned == done.scored + done.errored + done.skipped == 100
    assert shown[-1] == 100


async def test_a_resumed_run_whose_gates_are_looked_at_ends_where_a_whole_one_does(
    tmp_path: Path,
) -> None:
    wanted = evaluation(tmp_path, answered, count=100, concurrency=4)
    last = next(watching(wanted).batches(8))[-1]
    with Store(tmp_path / "s.sqlite") as store:

        def runner(flow: ScriptedFlow, stop: Stop | None = None) -> Runner:
            ledger = CountingLedger(store, reuse=True)
            return Runner(replace(wanted, flow=flow), store, ledger, lambda _: None, stop=stop)

        planned = wanted.planned_run(started_at="", git_commit=None)
        whole = await runner(ScriptedFlow(answered)).run(planned, gates=watching(wanted))
        stop, waits = Stop(grace_s=0), Waits(last.removeprefix("c"))
        async with asyncio.TaskGroup() as group:
            work = group.create_task(runner(waits, stop).run(planned, gates=watching(wanted)))
            await waits.reached.wait()
            stop.ask()
        part, flow = work.result(), ScriptedFlow(answered)
        assert (part.looks, store.run(part.id).state) == (None, "interrupted")
        again = await runner(flow).resume(store.run(part.id), gates=watching(wanted))
        assert list(store.results(again.id)) == list(store.results(whole.id))
    assert again.looks == whole.looks
    assert len(flow.seen) == whole.scored - part.scored


async def test_a_resumed_run_counts_the_calls_of_all_its_goes(tmp_path: Path) -> None:
    wanted = evaluation(tmp_path, answered)
    with Store(tmp_path / "s.sqlite") as store:
        begun = await store.begin(wanted.planned_run(started_at="", git_commit=None))
        store.add(begun.id, 1, result("c1"), made_calls=5, reused_calls=2)
        await store.flush()
        store._holds.release_all()
        ledger = CountingLedger(store, reuse=True)
        again = await Runner(wanted, store, ledger, lambda _: None).resume(store.run(begun.id))
    assert (again.made_calls, again.reused_calls, again.scored) == (5, 2, 3)


async def test_a_mistake_that_a_case_brings_to_light_is_told_as_it_is(tmp_path: Path) -> None:
    def answer(inputs: dict[str, JsonValue]) -> FlowRun:
        raise InputError(f"unknown model {inputs['q']!r}")

    with Store(tmp_path / "s.sqlite") as store:
        with pytest.raises(InputError, match="unknown model"):
            await run(store, evaluation(tmp_path, answer))
        (stored,) = store.runs()
    assert stored.state == "interrupted"


async def test_equal_inputs_have_one_digest_and_any_change_another(tmp_path: Path) -> None:
    def digest(**spec: object) -> str:
        wanted = evaluation(tmp_path, answered, **spec)
        return wanted.planned_run(started_at="", git_commit=None).digest

    assert digest() == digest(concurrency=3)
    assert len({digest(), digest(repeats=2), digest(limit=2), digest(inputs={"q": "x"})}) == 4


async def test_scores_leave_out_what_does_not_apply_and_keep_the_calls(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, evaluation(tmp_path, answered))
        scores = run_scores(done, store.results(done.id))
    assert [case.scores for case in scores.cases] == [{"f1": (0.3,)}] * 3
    assert all(len(case.calls) == 64 for case in scores.cases)


def test_a_ledger_counts_what_was_made_and_what_was_reused(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        ledger = CountingLedger(store, reuse=True)
        assert ledger.find("k") is None
        ledger.keep("k", "m", Completion(text="x"))
        assert ledger.find("k") is not None
        assert CountingLedger(store, reuse=False).find("k") is None
    assert (ledger.made, ledger.reused) == (1, 1)


@pytest.mark.parametrize(("replace", "left"), [(False, "old"), (True, "new")])
def test_calls_made_anew_replace_recorded_ones_only_on_wish(*, replace: bool, left: str) -> None:
    calls = MemoryLedger({"k": Completion(text="old")})
    ledger = CountingLedger(calls, reuse=False, replace=replace)
    for key in ("k", "l"):
        ledger.keep(key, "m", Completion(text="new"))
    assert (calls.calls["k"].text, calls.calls["l"].text) == (left, "new")


def test_progress_adds_up() -> None:
    assert Progress(planned=5, scored=2, errored=1, skipped=1).done == 4


async def test_calls_made_again_are_counted_by_reason_also_after_a_resume(tmp_path: Path) -> None:
    def answer(inputs: dict[str, JsonValue]) -> FlowRun:
        again: tuple[Again, ...] = ("server", "hedged") if inputs["q"] == "1" else ("server",)
        found = answered(inputs)
        (node,) = found.nodes
        return found.model_copy(update={"nodes": (node.model_copy(update={"made_again": again}),)})

    wanted = evaluation(tmp_path, answer)
    with Store(tmp_path / "s.sqlite") as store:
        done = await run(store, wanted)
        begun = await store.begin(wanted.planned_run(started_at="", git_commit=None))
        for position, stored in enumerate(list(store.results(done.id))[:2]):
            store.add(begun.id, position, stored)
        await store.flush()
        store._holds.release_all()
        ledger = CountingLedger(store, reuse=True)
        again = await Runner(wanted, store, ledger, lambda _: None).resume(store.run(begun.id))
    assert done.made_again == again.made_again == {"hedged": 1, "server": 3}
