"""What is served: flows by name, exchanged as a whole while requests run."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from genaiops.errors import Refused, suggest
from genaiops.protocols import Flow
from genaiops.specs.json_schema import Schema


@dataclass(frozen=True, slots=True)
class ChatInputs:
    """Which inputs of a flow take the last message, and those before it."""

    question: str
    history: str | None


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What a model of the catalog is: its provider, its name there, and whether it runs here."""

    provider: str
    model: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Unopened:
    """A candidate that a rollout may send users to, and that cannot be asked: `why` says it."""

    release: str
    why: str


@dataclass(frozen=True, slots=True)
class ServedFlow:
    """A flow as a server offers it.

    `inputs` and `outputs` are JSON schemas of objects. `chat` is None where the flow has inputs
    that a conversation does not fill. `streams`: its answer is the text of a model as it comes.
    `acts` says what of it may change something outside, so that it is not asked twice; `candidate`
    is what a rollout of this flow may send some of its users to, `unopened` is there where that
    could not be opened. `models` are those of its catalog.
    """

    flow: Flow
    digest: str
    inputs: Schema
    outputs: Schema
    chat: ChatInputs | None
    streams: bool
    description: str = ""
    release: str | None = None
    acts: str | None = None
    candidate: "ServedFlow | None" = None
    unopened: Unopened | None = None
    models: Mapping[str, KnownModel] = field(default_factory=dict[str, KnownModel])

    @property
    def name(self) -> str:
        """By which it is asked."""
        return self.flow.name


@dataclass(slots=True)
class Served:
    """The flows of one state of a project; `close` gives back what they hold."""

    flows: Mapping[str, ServedFlow]
    close: Callable[[], Awaitable[None]]
    _users: int = field(default=0, init=False)
    _is_free: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        self._is_free.set()

    def flow(self, name: str) -> ServedFlow:
        """A flow by name.

        Raises:
            Refused: there is none of this name.
        """
        if name not in self.flows:
            told = f"there is no flow {name[:100]!r}{suggest(name[:100], self.flows)}"
            raise Refused(404, "model_not_found", told)
        return self.flows[name]

    @contextmanager
    def in_use(self) -> Generator["Served"]:
        """Keep it open for a request."""
        self._users += 1
        self._is_free.clear()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._is_free.set()

    async def retire(self) -> None:
        """Close it, once the last request that began with it has ended."""
        await self._is_free.wait()
        await self.close()


class Serving:
    """Holds what is served now. A request keeps to its end what it began with."""

    def __init__(self, served: Served) -> None:
        self._now = served

    @property
    def now(self) -> Served:
        """What the next request gets."""
        return self._now

    def swap(self, served: Served) -> Served:
        """Serve this from now on; gives what was served before, which is to `retire`."""
        before, self._now = self._now, served
        return before
