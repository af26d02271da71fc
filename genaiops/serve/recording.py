"""Keeps the run of each request, and goes on serving where they cannot be kept."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol, TypeVar

from genaiops.errors import Refused, StoreError
from genaiops.protocols import Clock
from genaiops.records.live_runs import LiveRun, LiveState, Told, without_content
from genaiops.serve.answering import Answered, Asked, OnNote

_ResultT = TypeVar("_ResultT")
_TRY_AGAIN_S = 10.0
_FORGET_EACH = timedelta(hours=1)
_THREADS = 4
"""Of its own, that wait for the disk: embedders and rollouts need those of the process."""


class RunWriter(Protocol):
    """Where runs are written; `store.LiveWriter` is one.

    `written` is how many are durable, `lost` how many were taken and are not, once it is closed;
    one that `is_broken` writes nothing more. `tell` and `find` take a moment.
    """

    @property
    def written(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def is_broken(self) -> bool: ...
    def add(self, run: LiveRun) -> None: ...
    def tell(self, told: Told) -> None: ...
    def find(self, run_id: str) -> LiveRun | None: ...
    def forget(self, before: datetime) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Took:
    """When a request came, and how long it took."""

    at: datetime
    seconds: float
    first_s: float | None = None


class Recorder:
    """Writes runs. Where that fails it says so once, counts, and opens the store again later.

    `unrecorded` counts the runs that are lost to the records, so that it adds up with them.
    """

    def __init__(
        self,
        open_writer: Callable[[], RunWriter],
        clock: Clock,
        note: OnNote,
        *,
        keep_content: bool,
        keep_days: int,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store; `steady` are seconds that no change of the clock touches.

        Raises:
            StoreError: it cannot be written, so that serving should not begin.
        """
        self.unrecorded = 0
        self._open = open_writer
        self._clock = clock
        self._note = note
        self._keep_content = keep_content
        self._kept = timedelta(days=keep_days)
        self._writer: RunWriter | None = open_writer()
        self._again_at = 0.0
        self._fault: StoreError | None = None
        self._said: str | None = None
        self._is_losing = False
        self._steady = steady
        self._forgot: tuple[datetime, float] | None = None
        self._threads = ThreadPoolExecutor(_THREADS, "genaiops-said")

    @property
    def is_losing(self) -> bool:
        """Whether runs are not recorded for now."""
        return self._is_losing

    def keep(self, asked: Asked, answered: Answered, state: LiveState, took: Took) -> None:
        """Write a run, durable with its group."""
        run, is_answer = answered.run, answered.part == "answer"
        live = LiveRun(
            id=asked.run_id if is_answer else f"{asked.run_id}.{answered.part}",
            at=took.at,
            flow=answered.flow.name,
            digest=answered.flow.digest,
            release=answered.flow.release,
            arm=answered.arm,
            split=asked.split,
            part=answered.part,
            of=None if is_answer else asked.run_id,
            user=asked.user,
            caller=asked.caller,
            state=state,
            seconds=took.seconds,
            first_s=took.first_s,
            run=run if self._keep_content else without_content(run),
        )
        if asked.trace is not None:
            asked.trace.ended(live, answered.flow.models)
        try:
            self._written(live)
        except StoreError as error:
            self.unrecorded += 1
            self._give_up(error)

    async def find(self, run_id: str) -> LiveRun | None:
        """A run that was kept; None where there is none of this id.

        Raises:
            Refused: nothing can be read now.
        """
        return await self._aside(lambda writer: writer.find(run_id))

    async def tell(self, told: Told) -> None:
        """Write what was said of an answer; it is durable then.

        Raises:
            Refused: it cannot be written now.
        """
        await self._aside(lambda writer: writer.tell(told))
        self._mended()

    def close(self) -> None:
        """Write what is queued."""
        if self._writer is not None:
            self._writer.close()
        self._threads.shutdown()

    def _written(self, live: LiveRun) -> None:
        if self._writer is None and time.monotonic() < self._again_at:
            self.unrecorded += 1
            return
        writer = self._open_writer()
        if self._is_losing and writer.written:
            self._mended()
        if self._is_to_forget(live.at):
            writer.forget(live.at - self._kept)
        writer.add(live)

    def _is_to_forget(self, now: datetime) -> bool:
        """Whether an hour is over; not where a clock jumped: what is old by it may be of today."""
        if self._forgot is None:
            self._forgot = now, self._steady()
            return True
        passed = now - self._forgot[0]
        if timedelta() <= passed < _FORGET_EACH:
            return False
        jumped = passed - timedelta(seconds=self._steady() - self._forgot[1])
        self._forgot = now, self._steady()
        return abs(jumped) < _FORGET_EACH

    async def _aside(self, work: Callable[[RunWriter], _ResultT]) -> _ResultT:
        """Do what waits for the disk in a thread.

        Raises:
            Refused: it cannot be done now.
        """
        writer: RunWriter | None = None
        try:
            writer = self._open_writer()
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, work, writer)
        except StoreError as error:
            if writer is not None and writer is self._writer and writer.is_broken:
                self._give_up(error)
            else:
                self._say("what is said is not recorded", error)
            raise _not_now() from error

    def _open_writer(self) -> RunWriter:
        if self._writer is None:
            if self._fault is not None and time.monotonic() < self._again_at:
                raise self._fault
            self._again_at = time.monotonic() + _TRY_AGAIN_S
            self._writer = self._open()
        return self._writer

    def _give_up(self, error: StoreError) -> None:
        if self._writer is None:
            return
        self._say("runs are not recorded, answers go on", error)
        self._writer.close()
        self.unrecorded += self._writer.lost
        self._writer, self._fault, self._is_losing = None, error, True
        self._again_at = time.monotonic() + _TRY_AGAIN_S

    def _mended(self) -> None:
        """Say that runs are recorded again: one was, which opening a full disk does not show."""
        if self._is_losing:
            self._is_losing, self._said = False, None
            self._note("runs are recorded again")

    def _say(self, what: str, error: StoreError) -> None:
        """Say once what is wrong as long as it stays so."""
        if str(error) != self._said:
            self._note(f"{what}: {error}")
        self._said = str(error)


def _not_now() -> Refused:
    told = "what is said cannot be recorded now"
    return Refused(503, "not_recorded", told, retry_after_s=int(_TRY_AGAIN_S))


def user_hash(key: bytes, caller: str, user: str) -> str:
    """What is kept of a user: who has the key and a name can find its runs, nobody else.

    Users of two tokens are two users, whatever they are called. `key` has up to 64 bytes.
    """
    said = f"{caller}\0{user}".encode()
    return blake2b(said, key=key, digest_size=12).hexdigest()
