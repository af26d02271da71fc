"""Kills an evaluation again and again, resumes it, and counts what was lost or paid for twice."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from genaiops.drills.checking import questions_of, wrong_results
from genaiops.drills.fault_server import ANSWERED, FaultServer, always_well, mixed
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import CONCURRENCY, EVAL, Place, drill_place, trusted

Faults = Literal["std", "none"]
OPEN_RESULTS = 64
"""Results that may wait for their commit."""
MOST_REPEATED = CONCURRENCY + OPEN_RESULTS
_DELAY_S = 0.02
_RUN = f"{EVAL}-1"
_PROMISE = (
    "every case ends with one result, no answer is wrong, and at most "
    f"{MOST_REPEATED} answered calls are made again for a kill"
)


@dataclass(frozen=True, slots=True)
class Kills:
    """How many cases and kills, and what the server does meanwhile."""

    cases: int
    kills: int
    faults: Faults
    seed: int


async def drill_resume_kill(
    asked: Kills, environment: Mapping[str, str], on_note: OnNote
) -> Outcome:
    """Kill at random points of the work, and go on each time.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    plan = mixed(asked.seed) if asked.faults == "std" else always_well
    questions = questions_of(asked.cases)
    async with FaultServer(plan, delay_s=_DELAY_S) as server:
        with drill_place(server.url, questions, environment) as place:
            await trusted(place)
            repeated = await _kill_and_resume(place, server, asked, on_note)
            last = await place.run(*_words(begun=bool(server.served)))
            results = place.results(_RUN)
    repeated.append(_repeated(server) - sum(repeated))
    broken = [*wrong_results(results, questions)]
    if max(repeated) > MOST_REPEATED:
        broken.append(f"{max(repeated)} answered calls were made again after one kill")
    if last.code not in {0, 2}:
        broken.append(f"the last resume ended with exit code {last.code}: {last.err.strip()}")
    statuses = Counter(stored.result.status for stored in results)
    kills = len(repeated) - 1
    return Outcome(
        "resume-kill",
        _PROMISE,
        (
            ("what", "count"),
            ("cases", f"{asked.cases}"),
            ("kills -9", f"{kills}"),
            ("calls served", f"{len(server.served)}"),
            ("  of which faults", f"{len(server.served) - server.faults().get(ANSWERED, 0)}"),
            ("results", f"{len(results)}"),
            *((f"  {status}", f"{count}") for status, count in sorted(statuses.items())),
            ("answered calls made again", f"{sum(repeated)}"),
            ("  mean for a kill", f"{sum(repeated) / max(kills, 1):.1f}"),
            ("  most for a kill", f"{max(repeated)}"),
        ),
        tuple(broken),
    )


async def _kill_and_resume(
    place: Place, server: FaultServer, asked: Kills, on_note: OnNote
) -> list[int]:
    """The answered calls that were made again in each go, the first without any."""
    draw = random.Random(asked.seed)  # noqa: S311  no secret
    repeated: list[int] = []
    for kill in range(asked.kills):
        left = asked.cases - len({line.text for line in server.served if line.fault == ANSWERED})
        until = len(server.served) + draw.randint(1, max(1, 2 * left // (asked.kills - kill + 1)))
        running = await place.start(*_words(begun=bool(server.served)))
        if not await running.reached(lambda until=until: len(server.served) >= until):
            await running.end()
            on_note(f"the run ended before kill {kill + 1}")
            break
        running.process.kill()
        await running.end()
        repeated.append(_repeated(server) - sum(repeated))
        on_note(f"kill {kill + 1} of {asked.kills} after {len(server.served)} calls")
    return repeated


def _words(*, begun: bool) -> tuple[str, ...]:
    return ("eval", "--resume", _RUN) if begun else ("eval", EVAL)


def _repeated(server: FaultServer) -> int:
    """Answered calls beyond the first for each question."""
    answered = Counter(line.text for line in server.served if line.fault == ANSWERED)
    return answered.total() - len(answered)
