"""Calls that are asked for together and answered within a day, for less money."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from genaiops.errors import CallError, FailureKind
from genaiops.records import Completion, CompletionRequest
from genaiops.specs.catalog import ModelSpec, OpenAIModel, Price

PRICE_SHARE: Final = 0.5
"""What a batched call costs of the price of a call."""
MOST_REQUESTS: Final = 50_000
MOST_BYTES: Final = 100_000_000
"""Of the requests of one batch; endpoints take 200 MB."""
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})

Outcome = Completion | CallError


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is; `reason` says why a whole batch was refused, `files` hold its results."""

    id: str
    status: str
    done: int
    total: int
    reason: str | None
    files: tuple[str, ...]

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in _ENDED


class Batches(Protocol):
    """The batches of one model. What does not work raises CallError."""

    def line(self, key: str, request: CompletionRequest) -> bytes:
        """A request as a line of the file of a batch; its answer comes under the same key."""
        ...

    async def upload(self, lines: Iterable[bytes]) -> str:
        """Upload the file of a batch; gives its id."""
        ...

    async def create(self, file: str) -> BatchState:
        """Begin the batch of a file; never tried twice, for it could be paid twice."""
        ...

    async def find(self, file: str) -> BatchState | None:
        """The batch of a file, if there is one."""
        ...

    async def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        ...

    def outcomes(self, state: BatchState) -> AsyncGenerator[tuple[str, Outcome]]:
        """What became of each request of a batch that ended, by its key."""
        ...

    def failure(self, kind: FailureKind, said: str, remedy: str) -> CallError:
        """The error of a call that a batch did not answer."""
        ...

    async def aclose(self) -> None: ...


def takes_batches(entry: ModelSpec | None) -> bool:
    """Whether there are batches for a model: of OpenAI's protocol, without Azure's own."""
    return isinstance(entry, OpenAIModel) and entry.api_version is None


def batch_price(price: Price | None) -> Price | None:
    """The price of a batched call."""
    if price is None:
        return None
    return Price(
        input_usd_per_mtok=price.input_usd_per_mtok * PRICE_SHARE,
        output_usd_per_mtok=price.output_usd_per_mtok * PRICE_SHARE,
    )
