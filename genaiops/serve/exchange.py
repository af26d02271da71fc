"""One request for a flow, from its inputs to the record of its run."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from genaiops.errors import InputError, Refused
from genaiops.protocols import Clock, OnText
from genaiops.records.live_runs import LiveState
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.serve.access import Caller
from genaiops.serve.answering import (
    Answered,
    Answering,
    Asked,
    OnNote,
    Splitting,
    Units,
    answered,
    failed,
    unsplit,
)
from genaiops.serve.capacity import Capacity
from genaiops.serve.figures import Figures
from genaiops.serve.gateway.weights import Weights
from genaiops.serve.recording import Recorder, Took, user_hash
from genaiops.serve.served import ServedFlow, Serving
from genaiops.serve.tracing import Tracing


def _run_ids() -> Iterator[str]:
    """Ids that nobody can guess; the bytes of many at once, for each draw lets other threads in."""
    while True:
        drawn = secrets.token_hex(12 * 256)
        yield from (f"run-{drawn[n : n + 24]}" for n in range(0, len(drawn), 24))


_RUN_IDS = _run_ids()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: by a token, and what its program calls its user and the conversation.

    The `headers` of the request may name the trace that it is a part of.
    """

    caller: Caller
    user: str | None
    conversation: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def units(self, key: bytes) -> Units:
        """Whom a rollout may split."""
        name = self.caller.name
        user = user_hash(key, name, self.user or "\0")
        said = self.conversation
        talk = user_hash(key, name, f"\0{said}") if said else user
        return Units(user, talk, bool(self.user))


Verdicts = Callable[[], Sequence[RolloutVerdict]]
"""Reads the verdict on the newest rollout of each name, which may take a moment."""


def no_verdicts() -> Sequence[RolloutVerdict]:
    """There is no rollout."""
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What all requests share; `user_key` is the key of the hashes that stand for users."""

    serving: Serving
    capacity: Capacity
    recorder: Recorder
    figures: Figures
    answering: Answering
    clock: Clock
    note: OnNote
    user_key: bytes
    answer_s: float
    splitting: Splitting = unsplit
    weights: Weights = field(default_factory=Weights)
    verdicts: Verdicts = no_verdicts
    tracing: Tracing | None = None

    def begin(self, flow: ServedFlow, inputs: dict[str, JsonValue], asker: Asker) -> "Exchange":
        """Take a request whose inputs fit.

        Raises:
            Refused: they do not.
        """
        try:
            bound = flow.flow.bind(inputs)
        except InputError as error:
            raise Refused(400, "invalid_inputs", str(error)) from error
        units = asker.units(self.user_key)
        asked = Asked(
            run_id=next(_RUN_IDS),
            flow=flow,
            given=inputs,
            inputs=bound,
            caller=asker.caller.name,
            user=units.user if asker.user else None,
            split=self.splitting(flow, units),
            trace=None if self.tracing is None else self.tracing.begin(flow.name, asker.headers),
        )
        return Exchange(self, asked, self.clock())


@dataclass(slots=True)
class Exchange:
    """A request that is being answered."""

    desk: Desk
    asked: Asked
    at: datetime
    _began_s: float = field(default_factory=time.perf_counter)
    _first_s: float | None = None

    async def answer(self, on_text: OnText | None) -> Answered:
        """Run the flow in time; what goes wrong is in the record of the run."""
        desk = self.desk
        return await answered(desk.answering, self.asked, on_text, desk.answer_s, desk.note)

    async def whole(self) -> Answered:
        """Answer in one piece, and record it."""
        done: Answered | None = None
        try:
            done = await self.answer(None)
            return done
        finally:
            self.end(done, "failed" if done and done.run.outputs is None else "done")

    def heard(self) -> None:
        """The first text is there."""
        self._first_s = time.perf_counter() - self._began_s

    def end(self, done: Answered | None, state: LiveState) -> None:
        """Record what came of it; nothing where the client left, or the server ended."""
        if done is None:
            done, state = failed(self.asked, "interrupted", "the client left"), "incomplete"
        seconds = time.perf_counter() - self._began_s
        took = Took(self.at, seconds, self._first_s)
        self.desk.recorder.keep(self.asked, done, state, took)
        self.desk.figures.ran(done.flow.name, done.arm, state, seconds, done.run.usage)
