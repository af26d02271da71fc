"""Sends requests as batches, waits for them, and keeps what comes back; a crash loses none."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from genaiops.errors import CallError, ExecutionError, FailureKind
from genaiops.flow.functions import first_error
from genaiops.models.batches import MOST_BYTES, MOST_REQUESTS, Batches, BatchState
from genaiops.models.catalog import Catalog
from genaiops.project.gathering import GRACE_S, Wanted
from genaiops.project.pending_batches import Pending, PendingBatches
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote
from genaiops.records import Completion
from genaiops.store import Store
from genaiops.text.quantities import counted

Sleep = Callable[[float], Awaitable[object]]
Settle = Callable[[str, Completion | CallError], None]

_FIRST_WAIT_S, _LONGEST_WAIT_S, _GROWTH = 0.1, 60.0, 1.5
_MOST_BROKEN_POLLS = 20
_PASSING: frozenset[FailureKind] = frozenset({"connection", "server", "rate_limit", "timeout"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait for batches, and who is told meanwhile."""

    on_note: OnNote
    sleep: Sleep = asyncio.sleep
    grace_s: float = GRACE_S


class BatchDesk:
    """Where requests go and answers come back. `settle` hears what became of each."""

    def __init__(
        self,
        session: Session,
        store: Store,
        pending: PendingBatches,
        waiting: Waiting,
        settle: Settle,
    ) -> None:
        self._catalog = Catalog(
            session.project.catalog.spec,
            root=session.root,
            environment=session.environment,
            locked=session.lock.models,
        )
        self._store = store
        self._pending = pending
        self._waiting = waiting
        self._settle = settle
        self._batches: dict[str, Batches] = {}

    async def aclose(self) -> None:
        """Close all connections."""
        for batches in self._batches.values():
            await batches.aclose()

    async def answer(self, wanted: Iterable[Wanted]) -> None:
        """Get all requests answered or failed: by batches that go on, and new ones.

        Raises:
            InputError: a model cannot be built as it is set up, or the extra is missing.
            ExecutionError: a batch is refused as a whole, or the endpoint cannot be reached.
        """
        await _side_by_side(self._answer(each) for each in wanted)

    async def _answer(self, wanted: Wanted) -> None:
        model = wanted.model
        name = model.name
        if name not in self._batches:
            self._batches[name] = self._catalog.build_batches(name)
        desk = _ModelDesk(name, self._batches[name], self._store, self._pending, self._waiting)
        begun = [
            await desk.taken_up(each) for each in self._pending.of(model.identity, wanted.requests)
        ]
        known = {key for each in begun for key in each.keys}
        lines = {
            key: self._batches[name].line(key, request)
            for key, request in wanted.requests.items()
            if key not in known
        }
        begun += [await desk.begun(model.identity, part) for part in parts_of(lines)]
        await _side_by_side(desk.fetch(each, self._settle) for each in begun)


@dataclass(frozen=True, slots=True)
class _ModelDesk:
    """The batches of one model."""

    name: str
    batches: Batches
    store: Store
    pending: PendingBatches
    waiting: Waiting

    async def begun(self, model: str, lines: Mapping[str, bytes]) -> Pending:
        """A new batch: each step is written down before the next one is taken."""
        file = await self.batches.upload(lines.values())
        uploaded = Pending(model=model, file=file, keys=tuple(lines))
        self.pending.keep(uploaded)
        return self._known(uploaded, await self.batches.create(file))

    async def taken_up(self, pending: Pending) -> Pending:
        """A batch of an earlier command; its file may have been uploaded and no more."""
        if pending.batch is None:
            found = await self.batches.find(pending.file)
            return self._known(pending, found or await self.batches.create(pending.file))
        self.waiting.on_note(f"batch {pending.batch} of {self.name} was begun before: taken up")
        return pending

    async def fetch(self, pending: Pending, settle: Settle) -> None:
        """Wait for the end of a batch, and keep what it gives."""
        state = await self._ended(pending)
        where = f"batch {state.id} of model {self.name!r}"
        if state.status == "failed":
            self.pending.drop(pending)
            raise ExecutionError(f"{where} was refused as a whole: {state.reason}")
        left = dict.fromkeys(pending.keys)
        answered = 0
        async for key, outcome in self.batches.outcomes(state):
            if key not in left:
                continue
            del left[key]
            if isinstance(outcome, Completion):
                self.store.keep(key, self.name, outcome)
                answered += 1
            settle(key, outcome)
        for key in left:
            said = f"in batch {state.id} ({state.status}): no answer"
            settle(key, self.batches.failure("server", said, "try again"))
        await self.store.flush()
        self.pending.drop(pending)
        self.waiting.on_note(f"{where}: {state.status}, {answered} of {len(pending.keys)} answered")

    def _known(self, pending: Pending, state: BatchState) -> Pending:
        known = pending.model_copy(update={"batch": state.id})
        self.pending.keep(known)
        count = counted(len(known.keys), "request")
        self.waiting.on_note(
            f"batch {state.id} of {self.name}: {count} at half the price, within a day; Ctrl-C "
            "does not end it, the same command takes it up again"
        )
        return known

    async def _ended(self, pending: Pending) -> BatchState:
        wait_s, told, broken = _FIRST_WAIT_S, "", 0
        while True:
            try:
                state = await self.batches.state(pending.batch or "")
            except CallError as error:
                broken += 1
                self._refuse_lasting(pending, error, broken)
            else:
                broken = 0
                if state.is_ended:
                    return state
                if (progress := _progress(state)) != told:
                    self.waiting.on_note(f"batch {state.id} of {self.name}: {progress}")
                    told = progress
            await self.waiting.sleep(wait_s)
            wait_s = min(wait_s * _GROWTH, _LONGEST_WAIT_S)

    def _refuse_lasting(self, pending: Pending, error: CallError, broken: int) -> None:
        """Give up on a fault that does not pass; a batch that is not known there is forgotten."""
        if error.kind == "malformed":
            self.pending.drop(pending)
            raise error
        if error.kind not in _PASSING or broken >= _MOST_BROKEN_POLLS:
            raise error


async def _side_by_side(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as errors:
        raise first_error(errors) from errors


def _progress(state: BatchState) -> str:
    """How far it is, in tenths, lest every answer is told."""
    if state.status != "in_progress" or not state.total:
        return state.status
    return f"{state.status}, {state.done * 10 // state.total * 10}% of {state.total}"


def parts_of(lines: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """The lines in as few batches as may be."""
    part: dict[str, bytes] = {}
    size = 0
    for key, line in lines.items():
        if part and (len(part) == MOST_REQUESTS or size + len(line) > MOST_BYTES):
            yield part
            part, size = {}, 0
        part[key] = line
        size += len(line)
    if part:
        yield part
