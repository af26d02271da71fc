"""Calls of models: each by its key, from the ledger where it was made before."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.flow.asked_model import AskedModel
from genaiops.flow.call_key import CallKeys
from genaiops.flow.hold import OnHold, untold
from genaiops.flow.watching import SeenCall, seeing
from genaiops.protocols import FREELY, Index, Ledger, Model, OnText
from genaiops.records import Completion, CompletionRequest

_LOOK_S = 0.02
PATIENCE_S = 300.0
"""So long a call of another process is waited for: that process may be stopped, and never end."""


def call_key(model: Model, request: CompletionRequest) -> str:
    """The identity of one call: of the model, and of what in the request decides its answer."""
    return CallKeys().key(model, request)


@dataclass(frozen=True, slots=True)
class Call:
    """A finished call, now or at an earlier time."""

    key: str
    completion: Completion


class Calls:
    """Makes the calls of all flows that share a ledger, within the limits of each model.

    A call that is under way is not made twice: the second waits for the first, in another process
    too.
    """

    def __init__(self, ledger: Ledger | None, *, seed: int = 0, on_hold: OnHold = untold) -> None:
        """Make the calls that the ledger does not hold.

        Args:
            ledger: None: every call is made, and none recorded.
            seed: Of the waits before a call is made again.
            on_hold: Is told of each wait of a call when it begins.
        """
        self._ledger = ledger
        self._seed = seed
        self._on_hold = on_hold
        self._asked: dict[str, AskedModel] = {}
        self._under_way: dict[str, asyncio.Event] = {}
        self._keys = CallKeys()

    async def make(
        self, model: Model, request: CompletionRequest, on_text: OnText | None = None
    ) -> Call:
        """Look the call up in the ledger, else make it and keep it there.

        Raises:
            CallError: there is no answer.
        """
        seen = SeenCall(model=model.name, request=request)
        with seeing(seen):
            call = await self._made(model, request, on_text)
            seen.completion = call.completion
        return call

    async def _made(self, model: Model, request: CompletionRequest, on_text: OnText | None) -> Call:
        key = self._keys.key(model, request)
        if self._ledger is None:
            return Call(key, await self._complete(model, request, key, on_text))
        while key in self._under_way:
            await self._under_way[key].wait()
        done = self._under_way[key] = asyncio.Event()
        is_claimed = False
        try:
            is_claimed, found = self._ledger.claim(key), self._ledger.find(key)
            if not is_claimed and found is None:
                is_claimed, found = await _waited_for(self._ledger, key)
            if found is not None:
                if on_text is not None:
                    on_text(found.text)
                return Call(key, found)
            completion = await self._complete(model, request, key, on_text)
            self._ledger.keep(key, model.name, completion)
            return Call(key, completion)
        finally:
            if is_claimed:
                self._ledger.release(key)
            del self._under_way[key]
            done.set()

    async def _complete(
        self, model: Model, request: CompletionRequest, key: str, on_text: OnText | None
    ) -> Completion:
        if model.allowance is FREELY:
            return await model.complete(request, on_text)
        asked = self._asked.get(model.identity)
        if asked is None:
            asked = self._asked[model.identity] = AskedModel(
                model.name, model.allowance, seed=self._seed, on_hold=self._on_hold
            )
        return await asked.complete(model, request, key, on_text)


async def _waited_for(ledger: Ledger, key: str) -> tuple[bool, Completion | None]:
    """Wait while another process makes a call: whether it is ours then, and its answer if known.

    Neither is where it is made for too long.
    """
    waited_s = 0.0
    while waited_s < PATIENCE_S:
        await asyncio.sleep(_LOOK_S)
        waited_s += _LOOK_S
        is_claimed, found = ledger.claim(key), ledger.find(key)
        if is_claimed or found is not None:
            return is_claimed, found
    return False, None


@dataclass(frozen=True, slots=True)
class Resources:
    """What flows reach outside of themselves; `stand_in` is the model of every prompt instead."""

    calls: Calls
    models: Mapping[str, Model]
    indexes: Mapping[str, Index]
    stand_in: str | None = None

    def model(self, name: str) -> Model:
        """The model that answers where a prompt names one.

        Raises:
            InputError: there is none of this name.
        """
        return _named("model", self.stand_in or name, self.models)

    def reranker(self, name: str) -> Model:
        """The model that orders passages.

        Raises:
            InputError: there is none of this name.
        """
        return _named("model", name, self.models)

    def index(self, name: str) -> Index:
        """An index.

        Raises:
            InputError: there is none of this name.
        """
        if name not in self.indexes:
            raise InputError.unknown("index", name, self.indexes)
        return self.indexes[name]


def _named(what: str, name: str, known: Mapping[str, Model]) -> Model:
    if name not in known:
        raise InputError.unknown(what, name, known)
    return known[name]
