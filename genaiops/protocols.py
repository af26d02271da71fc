"""What parts promise each other, so that siblings need not know each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from genaiops.records import (
    Case,
    Completion,
    CompletionRequest,
    FlowRun,
    MetricInfo,
    Passage,
    Score,
)

Vectors = NDArray[np.float32]
Clock = Callable[[], datetime]
"""The time in UTC; handed in, so that tests own it."""

OnText = Callable[[str], None]
"""Takes each new piece of an answer while it is generated."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How a model may be asked, as its entry says or its endpoint tells; None is no limit.

    `concurrency` is how many calls it takes at once. `hedge`: a call that is slow may be raced by a
    second one. `is_remote`: it is shared with others behind a network, so what it bears is found
    out by asking, and a failure may pass by itself. `at_first`: so many calls may be under way
    before anything is found out; None: few. `attempts`: so many calls are made at most for one
    answer, and none is held back while the endpoint fails; None: as many as make sense.
    """

    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    hedge: bool = False
    is_remote: bool = False
    at_first: int | None = None
    attempts: int | None = None


FREELY = Allowance()
"""Nothing to keep to."""


class Model(Protocol):
    """Something that answers messages.

    `identity` is the digest of everything besides the request that decides an answer: provider,
    weights, model name, default parameters, runtime. `decided_by` names the fields of the request
    that decide it, for the key of a call. `allowance` is how it may be asked at this moment: it is
    another object where that has changed.
    """

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def decided_by(self) -> frozenset[str]: ...
    @property
    def allowance(self) -> Allowance: ...

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer; with `on_text` the answer is also handed out piece by piece.

        Raises:
            CallError: there is no usable answer; its kind says why.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections and memory; a closed model is not used again."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors. `identity` is the digest of weights and preparation."""

    @property
    def identity(self) -> str: ...
    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), dimensions), float32, each row of length 1."""
        ...

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        """The (start, end) characters of each token, in order, to measure a chunk by tokens."""
        ...

    async def aclose(self) -> None: ...


class VectorMemory(Protocol):
    """Vectors by key; a key is a digest of the embedder's identity and the text.

    What it does not hold is embedded anew, so it may forget.
    """

    def find(self, keys: Iterable[str]) -> Mapping[str, Vectors]:
        """Those that are known, each of shape (dimensions,)."""
        ...

    def keep(self, vectors: Mapping[str, Vectors]) -> None: ...


class Index(Protocol):
    """A built retrieval artefact; `digest` is the identity of the version that answers."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...

    async def retrieve(self, query: str, k: int) -> tuple[Passage, ...]:
        """The k best passages, best first, with scores; fewer where the index holds fewer."""
        ...


class SearchStore(Protocol):
    """Nearest neighbors over the rows of an index version."""

    def search(self, query: Vectors, k: int) -> Sequence[tuple[int, float]]:
        """The k nearest rows to a unit vector of shape (dimensions,) with cosine, best first."""
        ...


class Ledger(Protocol):
    """Finished calls by key; a key is a digest of all that decides an answer."""

    def find(self, key: str) -> Completion | None: ...

    def keep(self, key: str, model: str, completion: Completion, *, replace: bool = True) -> None:
        """Record a finished call; durable before the case that used it is acknowledged.

        Without `replace` a call that is recorded already stays.
        """
        ...

    def claim(self, key: str) -> bool:
        """Take a call, before it is looked up; False while another process makes it."""
        ...

    def release(self, key: str) -> None:
        """Let others take a call; one that was kept only once it is durable."""
        ...


class Metric(Protocol):
    """A named judgement of one case, bound to its arguments."""

    @property
    def info(self) -> MetricInfo: ...

    async def score(self, case: Case, run: FlowRun, *, repeat: int = 0) -> Score:
        """Judge one run of a case; a model that it asks is asked as part of that repeat."""
        ...


class Flow(Protocol):
    """A runnable flow; `digest` covers graph, prompts, parameters and code.

    `parts` has what the digest covers one by one: `flow assistant` (the graph), and
    `prompt flows/assistant/answer.md` or `python app.py` by their path from the root.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def parts(self) -> Mapping[str, str]: ...

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The inputs of a run, with their defaults.

        Raises:
            InputError: what is missing, unknown or of another type.
        """
        ...

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,
    ) -> FlowRun:
        """Run once; what goes wrong in a node is in the record and never raised."""
        ...
