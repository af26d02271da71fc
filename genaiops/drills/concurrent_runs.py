"""Lets several processes evaluate into one store at once."""

import asyncio
import random
from collections.abc import Mapping

from genaiops.drills.checking import questions_of, wrong_results
from genaiops.drills.fault_server import FaultServer, always_well
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import EVAL, Ended, Place, drill_place, trusted

PROCESSES = 4
_LATEST_S = 0.5
_DELAY_S = 0.05
_PROMISE = (
    f"{PROCESSES} processes on one store each end with a result for every case, none is told that "
    "the store is locked, and no call is made twice"
)


async def drill_concurrent_runs(
    cases: int, seed: int, environment: Mapping[str, str], on_note: OnNote
) -> Outcome:
    """Run the same evaluation in several processes that begin with no store and no record.

    The seed draws how much later than the first each of them begins, up to half a second.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    questions = questions_of(cases)
    broken: list[str] = []
    async with FaultServer(always_well, delay_s=_DELAY_S) as server:
        with drill_place(server.url, questions, environment) as place:
            await trusted(place)
            on_note(f"{PROCESSES} processes begin")
            ended = await _all_at_once(place, random.Random(seed))  # noqa: S311  no secret
            served = len(server.served)
            if served > cases:
                broken.append(f"{served - cases} calls were made twice")
            for number, each in enumerate(ended, start=1):
                if each.code:
                    broken.append(f"process {number} ended with {each.code}: {each.err.strip()}")
                results = place.results(f"{EVAL}-{number}")
                broken += [f"run {number}: {told}" for told in wrong_results(results, questions)]
    locked = sum("locked" in each.err for each in ended)
    return Outcome(
        "concurrent-runs",
        _PROMISE,
        (
            ("what", "count"),
            ("processes", f"{PROCESSES}"),
            ("cases of each", f"{cases}"),
            ("told that the store is locked", f"{locked}"),
            ("calls served", f"{served}"),
            ("calls made twice", f"{max(served - cases, 0)}"),
        ),
        tuple(broken),
    )


async def _all_at_once(place: Place, draw: random.Random) -> list[Ended]:
    waits_s = [0.0, 0.0, *(draw.uniform(0, _LATEST_S) for _ in range(PROCESSES - 2))]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(place, wait_s)) for wait_s in waits_s]
    return [task.result() for task in tasks]


async def _one(place: Place, wait_s: float) -> Ended:
    await asyncio.sleep(wait_s)
    return await place.run("eval", EVAL)
