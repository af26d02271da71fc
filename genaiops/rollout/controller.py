"""Carries a rollout on: evidence from the store, a decision of the machine, what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Protocol

from genaiops.errors import StoreError
from genaiops.protocols import Clock
from genaiops.records.findings import Finding
from genaiops.records.rollout_events import Cursor, Rollout, RolloutEvent
from genaiops.records.rollouts import Look
from genaiops.rollout.actions import Transition
from genaiops.rollout.committing import (
    Grounds,
    carried_out,
    event_of,
    moment_of,
    read_spec,
    read_state,
)
from genaiops.rollout.events import changes, is_change, told_of, traffic_of
from genaiops.rollout.gathering import EARLIER_S, Gathering, Wanted
from genaiops.rollout.machine import decide
from genaiops.store.live import LiveRuns
from genaiops.store.rollouts import Rollouts, StoredRollout
from genaiops.text.quantities import long_time

_BEHIND_S = 60.0
"""Of two servers that look in turn one may be a little behind the other."""
_LET_GO_S = 600.0
QUIET_S = 60.0
"""A look in which nothing happened is committed so often, and not more."""


class Releases(Protocol):
    """Moves releases where a rollout ends, and writes down what is decided in it."""

    def chain(self, rollout: Rollout, event: RolloutEvent) -> None:
        """Add an event to the audit chain, once.

        Raises:
            GenaiopsError: it cannot be added.
        """
        ...

    def carry_out(self, rollout: Rollout, event: RolloutEvent) -> str:
        """Put the release into production that belongs there now; gives what was done.

        Raises:
            GenaiopsError: it is refused, or cannot be done now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be decided on; `wanted` may be scored before that."""

    gathering: Gathering
    cursor: Cursor

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The runs that metrics are still to score."""
        return self.gathering.wanted()

    @property
    def judged_usd(self) -> float:
        """What judges cost until now."""
        return self.gathering.judged_usd


@dataclass(frozen=True, slots=True)
class Doors:
    """What a controller acts by, and is told the time by."""

    releases: Releases
    note: Callable[[str], None]
    clock: Clock


class Controller:
    """One rollout that is under way.

    It sends nothing to the candidate: gateways do, as much as was committed. Whoever else commits
    to the same rollout, a person or another controller, is followed from there.
    """

    def __init__(
        self, stored: StoredRollout, rollouts: Rollouts, live: LiveRuns, doors: Doors
    ) -> None:
        self._spec = read_spec(stored.rollout)
        self._rollouts = rollouts
        self._live = live
        self._doors = doors
        self._stored = stored
        self._known: tuple[Gathering, Cursor] | None = None
        self._chained: RolloutEvent | None = None
        self._is_behind = False

    @property
    def rollout(self) -> Rollout:
        """What it carries on."""
        return self._stored.rollout

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to do."""
        return not self._stored.is_open

    def gather(self) -> Gathered | None:
        """Take in what came since the last look, to `decide` on; None: it came to its end.

        Raises:
            StoreError: the store or the chain cannot be read or written.
            InputError: the rollout came to an end that cannot be carried out now.
        """
        stored = self._rollouts.find(self.rollout.id)
        if stored.event.generation != self._stored.event.generation:
            self._stored, self._known = stored, self._followed(stored.event)
        self._chain()
        if self.is_over:  # a person or another controller carried it out: what stands now is theirs
            return None
        if self._stored.event.phase in {"promoted", "rolled_back"}:
            self._carry_out()
            return None
        gathering, cursor = self._known or self._gathered()
        self._known = None  # until it is decided on: what goes wrong is gathered anew
        return Gathered(gathering, self._read(gathering, cursor))

    def decide(
        self, gathered: Gathered, found: Sequence[Finding] = (), withheld: str | None = None
    ) -> None:
        """Decide on what was gathered, and found out of it since; commit, then do it.

        `withheld` says why whoever serves the candidate cannot ask it now.

        Raises:
            StoreError: the store or the chain cannot be written, or somebody else committed.
            InputError: the rollout came to an end that cannot be carried out now.
        """
        gathering, cursor = gathered.gathering, gathered.cursor
        if found:
            self._rollouts.find_out(found)
            cursor = self._read_found(gathering, cursor)
        moment, last = moment_of(self._doors.clock()), self._stored.event
        self._say_behind(last.closed_until - moment.now)
        look = gathering.look(max(moment.now, last.closed_until))
        if withheld is not None:
            look = look.model_copy(update={"withheld": withheld})
        decided = decide(self._spec, read_state(self._stored.state), look, moment.now)
        if not _is_quiet(look, decided, last) or not 0 <= moment.now - last.now < QUIET_S:
            grounds = Grounds("looked", look=look, cursor=cursor)
            self._commit(decided, event_of(last, decided, grounds, moment))
        self._known = gathering, cursor

    def _say_behind(self, seconds: float) -> None:
        """Tell once that the clock was put back, and what that does to outcomes."""
        is_behind = seconds > _BEHIND_S
        if is_behind and not self._is_behind:
            self._doors.note(
                f"rollout {self.rollout.id}: the clock stands {long_time(seconds)} before the last "
                "look; until it is there again, outcomes are counted without waiting for the window"
            )
        self._is_behind = is_behind

    def _commit(self, decided: Transition, event: RolloutEvent) -> None:
        before, state = self._stored, decided.state.model_dump_json()
        if not self._rollouts.commit(before, event, state):
            raise StoreError("somebody else committed at the same time, and is followed")
        self._stored = StoredRollout(before.rollout, event, state, is_open=True)
        if is_change(before.event, event):
            self._doors.note(f"rollout {self.rollout.id}: {told_of(event)}")
        self._chain()
        if decided.state.is_final:
            self._carry_out()

    def _carry_out(self) -> None:
        """Move the releases, then say so; done again, it changes nothing."""
        before = self._stored
        done = self._doors.releases.carry_out(before.rollout, before.event)
        event = carried_out(before.event, moment_of(self._doors.clock()), done)
        self._doors.releases.chain(before.rollout, event)  # after the commit nobody would
        if self._rollouts.commit(before, event, before.state):
            self._stored = replace(before, event=event, is_open=False)
            self._doors.note(f"rollout {self.rollout.id}: {done}")

    def _chain(self) -> None:
        """Add to the audit chain what was committed and is not there yet."""
        event, known = self._stored.event, self._chained
        if known is None or known.generation < event.generation:
            later = self._rollouts.events(self.rollout.id, known.generation if known else 0)
            for each in changes(later, known):
                self._doors.releases.chain(self.rollout, each)
        self._chained = event

    def _read(self, gathering: Gathering, cursor: Cursor) -> Cursor:
        """Take what came since the last look."""
        read = cursor.model_dump()
        for number, run in self._live.after(cursor.run):
            gathering.take_run(run)
            read["run"] = number
        for number, told in self._live.told_after(cursor.told):
            gathering.take_told(told)
            read["told"] = number
        return self._read_found(gathering, Cursor(**read))

    def _read_found(self, gathering: Gathering, cursor: Cursor) -> Cursor:
        """Take what was found out since, each finding once: a probe counts as often as it is."""
        read = cursor.model_dump()
        for number, finding in self._rollouts.found(self.rollout.id, cursor.finding):
            gathering.take_finding(finding)
            read["finding"] = number
        return Cursor(**read)

    def _gathered(self) -> tuple[Gathering, Cursor]:
        """What was gathered when the last event was committed, from the store again."""
        begun, last = self._rollouts.first_event(self.rollout.id), self._stored.event
        gathering = Gathering(self._spec, self.rollout)
        since = begun.now - EARLIER_S
        gathering.begin(self._live.earlier(self.rollout.stable, since, begun.cursor.run), begun.now)
        self._read_until(last, gathering, begun.cursor, begun.now)
        return gathering, last.cursor

    def _followed(self, event: RolloutEvent) -> tuple[Gathering, Cursor] | None:
        """What is known, with all that somebody else decided on; None: it is to be read anew.

        What was read beyond that came to nothing, or it had been committed.
        """
        known, self._known = self._known, None
        if known is None:
            return None
        gathering, cursor = known
        self._read_until(event, gathering, cursor, event.closed_until)
        ends = event.cursor.model_dump()
        return gathering, Cursor(**{k: max(n, ends[k]) for k, n in cursor.model_dump().items()})

    def _read_until(
        self, event: RolloutEvent, gathering: Gathering, start: Cursor, looked: float
    ) -> None:
        """Take what an event was decided on, of what came after a cursor and a look."""
        end, judged_usd = event.cursor, gathering.judged_usd
        runs = self._live.after(start.run)
        for _, run in takewhile(lambda each: each.seq <= end.run, runs):
            gathering.take_run(run)
            at = min(run.at.timestamp(), event.closed_until)
            if at >= looked + _LET_GO_S:  # of earlier users only that they were there is kept
                gathering.look(at)
                looked = at
        told = self._live.told_after(start.told)
        for _, each in takewhile(lambda each: each.seq <= end.told, told):
            gathering.take_told(each)
        found = self._rollouts.found(self.rollout.id, start.finding)
        for _, finding in takewhile(lambda each: each.seq <= end.finding, found):
            gathering.take_finding(finding)
            judged_usd += finding.cost_usd
        gathering.judged_usd = judged_usd
        gathering.look(event.closed_until)


def _is_quiet(look: Look, decided: Transition, last: RolloutEvent) -> bool:
    state = decided.state
    now = (state.phase, state.step, state.weight, state.is_shadowing)
    is_same = now == traffic_of(last) and look.withheld == last.look.withheld
    return is_same and not look.came and not look.batches
