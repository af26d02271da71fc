"""Meets each fault of an endpoint, and looks at how its cases end."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping

from genaiops.drills.fault_ends import ENDS
from genaiops.drills.fault_server import ANSWERED, FAULTS, FaultServer
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import EVAL, drill_place, trusted
from genaiops.store import StoredResult

_RUN = f"{EVAL}-1"
_WELL = 6
"""So many calls go well for each that does not: more trouble would be taken for an outage."""
_PROMISE = "every case ends in the state that is documented for its fault, and the counts add up"

End = tuple[str, str | None]


async def drill_faults(
    each: int, seed: int, environment: Mapping[str, str], on_note: OnNote
) -> Outcome:
    """Ask an endpoint that fails in one way at a time, so many cases for each way.

    The seed draws the order of the cases.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    asked = (*FAULTS, *(ANSWERED,) * _WELL * len(FAULTS))
    questions = [
        f"{fault} {number} {place}" for number in range(each) for place, fault in enumerate(asked)
    ]
    random.Random(seed).shuffle(questions)  # noqa: S311  no secret
    async with FaultServer() as server:
        with drill_place(server.url, questions, environment) as place:
            await trusted(place)
            on_note(f"{len(FAULTS)} faults, {each} cases each: this waits as an evaluation waits")
            ended = await place.run("eval", EVAL)
            ends = _ends(place.results(_RUN), questions)
            served = server.faults()
    broken = [
        f"{fault}: {count} cases ended as {_told(end)}, not as {_told(ENDS[fault])}"
        for fault in FAULTS
        for end, count in ends[fault].items()
        if end != ENDS[fault]
    ]
    found = sum(counts.total() for counts in ends.values())
    if found != len(questions):
        broken.append(f"{len(questions)} cases were planned, and {found} have a result")
    if ended.code or "Traceback" in ended.err:
        broken.append(f"the run ended with exit code {ended.code}: {ended.err.strip()}")
    rows = (
        (fault, f"{ends[fault].total()}", f"{served.get(fault, 0)}", _all_told(ends[fault]))
        for fault in FAULTS
    )
    head = ("fault", "cases", "calls", "ended as")
    return Outcome("faults", _PROMISE, (head, *rows), tuple(broken))


def _ends(results: Iterable[StoredResult], questions: list[str]) -> dict[str, Counter[End]]:
    ends = {fault: Counter[End]() for fault in FAULTS}
    for stored in results:
        failure = stored.result.failure
        fault = questions[int(stored.case.id)].partition(" ")[0]
        ends[fault][stored.result.status, failure.kind if failure else None] += 1
    return ends


def _all_told(ends: Counter[End]) -> str:
    return "; ".join(_told(end) for end in ends)


def _told(end: End) -> str:
    status, kind = end
    return status if kind is None else f"{status}: {kind}"
