"""What live runs tell of the traffic of a flow, and when they tell too little."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genaiops.project.measured_traffic import measured_traffic
from genaiops.project.rollout_home import LIVE_FILE
from genaiops.project.session import Session, open_session
from genaiops.rollout.traffic import Traffic
from genaiops.store.live import LiveWriter
from tests.project.build import build_project
from tests.rollout.live import run_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return replace(open_session(build_project(tmp_path)), clock=lambda: NOW)


def serve(
    session: Session, count: int, users: int, lasted: timedelta, **changed: str | None
) -> None:
    """So many requests of so many users, evenly over a time until now."""
    path = session.kept / LIVE_FILE
    path.parent.mkdir(exist_ok=True)
    writer = LiveWriter(path)
    for place in range(count):
        at = NOW - lasted * (1 - place / count)
        said = {"user": f"user {place % users}", **changed}
        run = run_of(f"run-{changed}-{place}", "unit", "stable", 0.5, at)
        writer.add(run.model_copy(update=said))
    writer.close()


def test_a_user_is_new_once_in_the_time_that_was_measured(session: Session) -> None:
    serve(session, 240, 60, timedelta(hours=2))
    assert measured_traffic(session, "assistant") == Traffic(2.0, 0.25, measured_s=7200.0)


def test_who_names_no_user_is_the_token(session: Session) -> None:
    serve(session, 120, 1, timedelta(hours=2), caller="a", user=None)
    serve(session, 120, 1, timedelta(hours=2), caller="b", user=None)
    serve(session, 60, 1, timedelta(hours=2))
    assert measured_traffic(session, "assistant") == Traffic(2.5, 0.01, measured_s=7200.0)


def test_other_flows_and_what_no_user_asked_are_not_counted(session: Session) -> None:
    serve(session, 120, 30, timedelta(hours=1))
    serve(session, 120, 30, timedelta(hours=1), flow="other")
    serve(session, 120, 30, timedelta(hours=1), part="shadow")
    assert measured_traffic(session, "assistant") == Traffic(2.0, 0.25, measured_s=3600.0)


def test_where_a_day_has_too_few_it_is_the_last_week(session: Session) -> None:
    serve(session, 200, 50, timedelta(days=10))
    found = measured_traffic(session, "assistant")
    assert found == Traffic(0.014, 0.36, measured_s=7 * 86400.0)


@pytest.mark.parametrize(
    ("count", "lasted"),
    [(99, timedelta(hours=2)), (1000, timedelta(minutes=59)), (99, timedelta(days=30))],
    ids=str,
)
def test_too_little_tells_nothing(session: Session, count: int, lasted: timedelta) -> None:
    serve(session, count, 10, lasted)
    assert measured_traffic(session, "assistant") is None


def test_a_damaged_record_is_not_counted_and_keeps_nobody_from_planning(session: Session) -> None:
    serve(session, 240, 60, timedelta(hours=2))
    with closing(sqlite3.connect(session.kept / LIVE_FILE)) as file, file:
        file.execute("UPDATE live_runs SET record = substr(record, 5) WHERE seq % 2")
    assert measured_traffic(session, "assistant") == Traffic(1.0, 0.25, measured_s=7200.0)


def test_where_nothing_was_served_nothing_is_measured(session: Session) -> None:
    assert measured_traffic(session, "assistant") is None
    assert not (session.kept / LIVE_FILE).exists()
