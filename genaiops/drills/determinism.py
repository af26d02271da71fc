"""Evaluates the same recorded calls in many ways, and compares the bytes of the reports."""

import random
from collections.abc import Mapping

from genaiops.digests import digest
from genaiops.drills.checking import questions_of
from genaiops.drills.fault_server import FaultServer, always_well
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import EVAL, Place, drill_place, trusted
from genaiops.text.quantities import counted

KILLS = 3
_REPORT = "report.json"
_PROMISE = "the same recorded calls give the same bytes of the report, however they are evaluated"
_WAYS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "the run that made the calls": ((), {}),
    "one case at a time": (("-j", "1"), {}),
    "64 cases at once": (("-j", "64"), {}),
    "in another time zone": ((), {"TZ": "Pacific/Kiritimati"}),
    "in another locale, other hashes": ((), {"LC_ALL": "C", "PYTHONHASHSEED": "7"}),
}


async def drill_determinism(
    cases: int, seed: int, environment: Mapping[str, str], on_note: OnNote
) -> Outcome:
    """Run once, then again from the record in several ways, once with kills between.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    found: dict[str, str] = {}
    async with FaultServer(always_well) as server:
        with drill_place(server.url, questions_of(cases), environment) as place:
            await trusted(place)
            for way, (words, variables) in _WAYS.items():
                on_note(way)
                await place.run("eval", EVAL, "-o", _REPORT, *words, variables=variables)
                found[way] = digest(place.text(_REPORT))
            on_note(f"after {KILLS} kills")
            kills = await _killed(place, cases, random.Random(seed))  # noqa: S311  no secret
            found[f"after {counted(kills, 'kill')}"] = digest(place.text(_REPORT))
            served = len(server.served)
    first = next(iter(found.values()))
    told = [f"the report is another one: {way}" for way, each in found.items() if each != first]
    if served != cases:
        told.append(f"{served} calls were made for {cases} cases: not all came from the record")
    rows = ((way, each[:16]) for way, each in found.items())
    return Outcome("determinism", _PROMISE, (("evaluated", "report"), *rows), tuple(told))


async def _killed(place: Place, cases: int, draw: random.Random) -> int:
    """A run that is killed at random times and resumed; gives how many kills met it alive."""
    words = ("eval", EVAL, "-j", "1")
    kills = 0
    run = f"{EVAL}-{len(_WAYS) + 1}"
    with place.store() as store:
        for _ in range(KILLS):
            until = (place.kept() or 0) if kills else 0
            until += draw.randint(1, max(cases // (KILLS + 1), 1))
            running = await place.start(*words, "-o", _REPORT)
            if not await running.reached(lambda n=until: sum(1 for _ in store.places(run)) >= n):
                await running.end()
                return kills
            running.process.kill()
            await running.end()
            kills += 1
            words = ("eval", "--resume", "-j", "1")
    await place.run(*words, "-o", _REPORT)
    return kills
