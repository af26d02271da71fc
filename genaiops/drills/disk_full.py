"""Lets the disk be full at many points of an evaluation, and goes on when there is room again."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from genaiops.drills.checking import questions_of, wrong_results
from genaiops.drills.fault_server import FaultServer, always_well
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import EVAL, Ended, Place, drill_place, trusted

_LEAST = 4096
_EXIT_EXECUTION = 4
_STORE = "store.sqlite"
_PROMISE = (
    "a run ends well, or where the disk is full with exit code 4 and a message that names the file "
    "and what to do, and goes on to its end when there is room"
)


@dataclass(frozen=True, slots=True)
class Points:
    """How many cases and limits; the seed moves each limit within its part of the whole."""

    cases: int
    points: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Point:
    """A limit in bytes, what came of the run under it, and the results when there was room."""

    limit: int
    ended: Ended
    kept: int
    broken: tuple[str, ...]


async def drill_disk_full(
    asked: Points, environment: Mapping[str, str], on_note: OnNote
) -> Outcome:
    """Limit the size of files at several points between nothing and what the whole run needs.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    questions = questions_of(asked.cases)
    tried: list[_Point] = []
    async with FaultServer(always_well) as server:
        with drill_place(server.url, questions, environment) as place:
            await trusted(place)
            whole = await _written(place)
            draw = random.Random(asked.seed)  # noqa: S311  no secret
            for number in range(asked.points):
                limit = _LEAST + int((whole - _LEAST) * (number + draw.random()) / asked.points)
                on_note(f"point {number + 1} of {asked.points}: no file over {limit:,} bytes")
                tried.append(await _fill_up(place, limit, questions))
    rows = (
        (f"{point.limit:,}", f"{point.ended.code}", f"{point.kept}", _told(point.ended.err))
        for point in tried
    )
    return Outcome(
        "disk-full",
        _PROMISE,
        (("room, bytes", "exit code", "kept", "message"), *rows),
        tuple(told for point in tried for told in point.broken),
    )


async def _written(place: Place) -> int:
    """How large the log gets when the disk is not full."""
    most = 0

    def look() -> bool:
        nonlocal most
        most = max(most, place.log_bytes())
        return False

    running = await place.start("eval", EVAL)
    await running.reached(look)
    await running.end()
    return most


async def _fill_up(place: Place, limit: int, questions: list[str]) -> _Point:
    place.forget()
    ended = await place.run("eval", EVAL, most_bytes=limit)
    at = f"at {limit:,} bytes"
    kept = place.kept()
    broken = _untold(at, ended)
    if ended.code:
        words = ("eval", EVAL) if kept is None else ("eval", "--resume")
        again = await place.run(*words)
        if again.code:
            broken.append(f"{at} the run did not go on: {again.err.strip()}")
    results = place.results(f"{EVAL}-1")
    broken += [f"{at} {told}" for told in wrong_results(results, questions)]
    return _Point(limit, ended, kept or 0, tuple(broken))


def _untold(at: str, ended: Ended) -> list[str]:
    """What is missing of an explicit error; a run that had just enough room needs none."""
    broken: list[str] = []
    if ended.code not in {0, _EXIT_EXECUTION}:
        broken.append(f"{at} the run ended with exit code {ended.code}")
    if ended.code and (_STORE not in ended.err or "free space" not in ended.err):
        broken.append(f"{at} the message does not name the file and the remedy: {ended.err!r}")
    return broken


def _told(text: str) -> str:
    """The error without the path before it."""
    error = next((line for line in text.splitlines() if line.startswith("error")), text.strip())
    return error.partition(f"{_STORE}: ")[2] or error
