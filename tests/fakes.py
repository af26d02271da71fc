"""Fakes that keep the protocols of genaiops.protocols."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from genaiops.digests import digest
from genaiops.protocols import FREELY, Allowance, OnText, Vectors
from genaiops.records import Completion, CompletionRequest, Passage

Answer = str | Completion | Exception
_TOKEN = re.compile(r"\w+|[^\w\s]")


class ScriptedModel:
    """A model that says what it is told to, in order or as a function of the request.

    It keeps all requests, and the most calls that it had at once.
    """

    decided_by = frozenset(
        {"messages", "parameters", "tools", "response_schema", "top_logprobs", "repeat"}
    )

    def __init__(
        self,
        answers: Iterable[Answer] | Callable[[CompletionRequest], Answer] = (),
        *,
        name: str = "scripted",
        allowance: Allowance = FREELY,
    ) -> None:
        self.name = name
        self.identity = digest({"scripted": name})
        self.allowance = allowance
        self.requests: list[CompletionRequest] = []
        self.most_at_once = 0
        self.closed = False
        self._answers = answers if callable(answers) else iter(list(answers))
        self._at_once = 0

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        self.requests.append(request)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(0)
            return self._answer(request, on_text)
        finally:
            self._at_once -= 1

    async def aclose(self) -> None:
        self.closed = True

    def _answer(self, request: CompletionRequest, on_text: OnText | None) -> Completion:
        answers = self._answers
        answer = answers(request) if callable(answers) else next(answers, None)
        if answer is None:
            raise AssertionError(f"{self.name} has no answer left for call {len(self.requests)}")
        if isinstance(answer, Exception):
            raise answer
        completion = Completion(text=answer) if isinstance(answer, str) else answer
        if on_text is not None:
            for piece in completion.text.split(" "):
                on_text(piece)
        return completion


class FixedIndex:
    """An index that answers every query with the same passages, and keeps the queries."""

    def __init__(self, passages: Iterable[Passage] = (), *, name: str = "handbook") -> None:
        self.name = name
        self.digest = digest({"fixed": name})
        self.queries: list[str] = []
        self._passages = tuple(passages)

    async def retrieve(self, query: str, k: int) -> tuple[Passage, ...]:
        self.queries.append(query)
        return self._passages[:k]


class MemoryLedger:
    """A ledger that forgets with the process."""

    def __init__(self, calls: Mapping[str, Completion] | None = None) -> None:
        self.calls = dict(calls or {})
        self.claims: set[str] = set()

    def find(self, key: str) -> Completion | None:
        return self.calls.get(key)

    def keep(self, key: str, model: str, completion: Completion, *, replace: bool = True) -> None:  # noqa: ARG002  the protocol has it
        if replace or key not in self.calls:
            self.calls[key] = completion

    def claim(self, key: str) -> bool:
        is_free = key not in self.claims
        self.claims.add(key)
        return is_free

    def release(self, key: str) -> None:
        self.claims.discard(key)


class HashEmbedder:
    """Bags of hashed words as unit vectors: texts that share words are near each other.

    It keeps the texts that it embedded, in order.
    """

    def __init__(self, dimensions: int = 64, *, name: str = "hash") -> None:
        self.dimensions = dimensions
        self.identity = digest({"hash": name, "dimensions": dimensions})
        self.texts: list[str] = []
        self.closed = False

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        await asyncio.sleep(0)
        return np.stack([self._vector(text) for text in texts]) if texts else self._nothing()

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]

    async def aclose(self) -> None:
        self.closed = True

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int(digest(word)[:8], 16) % self.dimensions] += 1.0
        return vector / np.linalg.norm(vector)

    def _nothing(self) -> Vectors:
        return np.zeros((0, self.dimensions), dtype=np.float32)
