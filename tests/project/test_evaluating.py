from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.project.evaluating import Asked, report_of, run_evaluation
from genaiops.project.judging import scores_of
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.records import EvalRun
from genaiops.store import Store
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

RECORDED = """\
    models:
      extractive: {provider: replay, recording: answers.jsonl, model: real}
    """


async def evaluated(session: Session, store: Store, asked: Asked | None = None) -> EvalRun:
    return await run_evaluation(
        session,
        store,
        asked or Asked("assistant"),
        on_note=lambda _: None,
    )


def recorded(*lines: str) -> dict[str, str | bytes | None]:
    return {"catalog.yaml": RECORDED, "answers.jsonl": "".join(f"{line}\n" for line in lines)}


async def test_a_run_is_stored_and_reported_with_what_it_used(opened: Opened) -> None:
    session = opened()
    with session.open_store() as store:
        run = await evaluated(session, store)
        assert (run.planned, run.scored, run.models) == (1, 1, ("extractive",))
        assert run.started_at.endswith("+00:00")
        report = report_of(store, run)
        assert [entry.info.name for entry in report.estimates] == ["answer_f1"]
        assert [stored.case.id for stored in report.results()] == ["a"]


async def test_when_nothing_could_be_scored_the_first_reason_is_told(opened: Opened) -> None:
    session = opened(recorded('{"case_id": "other", "model": "real", "text": "x"}'))
    with session.open_store() as store:
        with pytest.raises(ExecutionError, match=r"none of 1 cases .*: recording: .*case 'a'"):
            await evaluated(session, store)
        stored = store.run("last")
        assert (stored.state, stored.run.errored) == ("finished", 1)
        with pytest.raises(InputError, match="no case that was scored"):
            scores_of(store, stored)


async def test_runs_are_ordered_by_their_number_when_the_clock_jumps_back(opened: Opened) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    session = opened()
    with session.open_store() as store:
        for hours in (0, -1, 24):
            at = now + timedelta(hours=hours)
            run = await evaluated(replace(session, clock=lambda at=at: at), store)
            assert run.seconds >= 0
            assert store.run("last").run.id == store.run("assistant").run.id == run.id
        assert [stored.run.id for stored in store.runs()] == [
            "assistant-3", "assistant-2", "assistant-1",
        ]  # fmt: skip


async def test_recorded_calls_are_taken_unless_new_ones_are_wanted(opened: Opened) -> None:
    session = opened()
    with session.open_store() as store:
        runs = [
            await evaluated(session, store, Asked("assistant", reuse=r))
            for r in (True, True, False)
        ]
    assert [(run.made_calls, run.reused_calls) for run in runs] == [(1, 0), (0, 1), (1, 0)]


async def test_no_case_left_is_told_before_a_run_begins(opened: Opened) -> None:
    session = opened()
    with session.open_store() as store:
        with pytest.raises(InputError, match=r"no case has topic .x."):
            await evaluated(session, store, Asked("assistant", Overrides(filter={"topic": "x"})))
        assert store.runs() == []
