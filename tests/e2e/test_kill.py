"""Runs that are interrupted by signals, in processes that really get them."""

import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from genaiops.drills.checking import wrong_results
from genaiops.drills.fault_server import FaultServer, always_well
from genaiops.drills.place import Place, drill_place, trusted
from genaiops.evaluations.stopping import GRACE_S

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

QUESTIONS = [*(f"What is {n}?" for n in range(6)), "silent 1", "silent 2", "Why 8?"]
"""The longest are asked first, so that the last one waits for those that hang."""


@contextmanager
def patient_place(url: str) -> Generator[Place]:
    """A project that waits long for its endpoint."""
    with drill_place(url, QUESTIONS, os.environ) as place:
        catalog = Path(place.folder, "catalog.yaml")
        text = catalog.read_text("utf-8")
        catalog.write_text(text.replace("first_byte_s: 2, total_s: 6", "total_s: 600"), "utf-8")
        yield place


@pytest.mark.parametrize(
    ("signals", "most_s"),
    [
        ((signal.SIGINT,), GRACE_S + 3),
        ((signal.SIGTERM,), GRACE_S + 3),
        ((signal.SIGINT, signal.SIGINT), 3),
        ((signal.SIGTERM, signal.SIGINT), 3),
    ],
    ids=["int", "term", "int-int", "term-int"],
)
async def test_a_run_that_hangs_stops_in_time_and_goes_on(
    signals: tuple[signal.Signals, ...], most_s: float
) -> None:
    async with FaultServer() as server:
        with patient_place(server.url) as place:
            await trusted(place)
            running = await place.start("eval", "drill", "-j", "2")
            hangs = await running.reached(lambda: len(server.served) == 8)
            assert hangs
            began = time.monotonic()
            running.process.send_signal(signals[0])
            stderr = running.process.stderr
            assert stderr is not None
            assert b"finishing what is in flight" in await stderr.readline()
            for number in signals[1:]:
                running.process.send_signal(number)
            ended = await running.end()
            assert time.monotonic() - began < most_s
            assert (ended.code, ended.out) == (130, "")
            assert (
                "6 of 9 cases are kept in run drill-1; to go on: genaiops eval --resume"
                in ended.err
            )
            server.plan = always_well
            again = await place.run("eval", "--resume", "drill-1")
            assert (again.code, wrong_results(place.results("drill-1"), QUESTIONS)) == (0, [])
    asked = server.calls_of(QUESTIONS)
    assert {question: count for question, count in asked.items() if count > 1} == {
        "silent 1": 2,
        "silent 2": 2,
    }
