"""A passage that somebody put where a flow looks: attacks by way of documents, tried on purpose."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from genaiops.protocols import Index
from genaiops.records import Passage

DOCUMENT = "planted"
"""The document that the passage seems to come from."""


class Planting:
    """What is planted for the case that runs; cases that run at once do not see each other's."""

    def __init__(self) -> None:
        self._text: ContextVar[str] = ContextVar("planted", default="")

    @contextmanager
    def planted(self, text: str) -> Generator[None]:
        """Plant a text for all that begins within; an empty one is nothing."""
        token = self._text.set(text)
        try:
            yield
        finally:
            self._text.reset(token)

    def into(self, index: Index) -> Index:
        """The index, which finds what is planted before anything else."""
        return _PlantedIndex(index, self)

    @property
    def passage(self) -> Passage | None:
        """What is planted at the moment."""
        text = self._text.get()
        if not text:
            return None
        return Passage(document=DOCUMENT, start=0, end=len(text), text=text, score=1.0)


class _PlantedIndex:
    """Meets `protocols.Index`."""

    def __init__(self, index: Index, planting: Planting) -> None:
        self._index = index
        self._planting = planting

    @property
    def name(self) -> str:
        return self._index.name

    @property
    def digest(self) -> str:
        return self._index.digest

    async def retrieve(self, query: str, k: int) -> tuple[Passage, ...]:
        """The k best, of which what is planted is the first."""
        found = await self._index.retrieve(query, k)
        passage = self._planting.passage
        return found if passage is None else (passage, *found)[:k]
