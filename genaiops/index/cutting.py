"""Documents to passages; what an earlier version cut alike is not cut again."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genaiops.index.chunking import Span, TokenSpans, chunk
from genaiops.index.documents import Document
from genaiops.index.lexical import word_spans
from genaiops.index.versions import IndexVersion, Recipe
from genaiops.protocols import Embedder
from genaiops.records import Passage


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document with its digest and its chunks."""

    document: Document
    digest: str
    spans: tuple[Span, ...]

    def passages(self) -> Iterator[Passage]:
        """The chunks as passages."""
        text = self.document.text
        for span in self.spans:
            piece = text[span.start : span.end]
            yield Passage(document=self.document.id, start=span.start, end=span.end, text=piece)

    def texts(self) -> Iterator[str]:
        """What is searched: the passages, each after the title of the document."""
        return (searched_text(passage, self.document.title) for passage in self.passages())


def searched_text(passage: Passage, title: str | None) -> str:
    """The text by which a passage is found."""
    return f"{title}\n{passage.text}" if title else passage.text


async def cut_documents(
    documents: Sequence[Document],
    recipe: Recipe,
    embedder: Embedder | None,
    previous: IndexVersion | None,
) -> list[CutDocument]:
    """Cut documents as the recipe says; an unchanged one keeps the chunks of the version before."""
    kept = _kept_spans(recipe, previous)
    cuts: list[CutDocument] = []
    for document in documents:
        digest = document.digest
        spans = kept.get(digest)
        if spans is None:
            spans = chunk(
                document.text,
                recipe.chunk.size,
                recipe.chunk.overlap,
                token_spans=_token_spans(recipe, embedder),
            )
            await asyncio.sleep(0)  # lets an interruption in between two documents
        cuts.append(CutDocument(document, digest, spans))
    return cuts


def count_passages(cuts: Sequence[CutDocument]) -> int:
    """How many passages there are in all."""
    return sum(len(cut.spans) for cut in cuts)


def _token_spans(recipe: Recipe, embedder: Embedder | None) -> TokenSpans | None:
    if recipe.chunk.unit == "characters":
        return None
    return embedder.token_spans if embedder else word_spans


def _kept_spans(recipe: Recipe, previous: IndexVersion | None) -> dict[str, tuple[Span, ...]]:
    """Digest of a document to its chunks, if the version before was cut alike."""
    if previous is None or not previous.manifest.recipe.cuts_like(recipe):
        return {}
    passages = iter(previous.passages())
    kept: dict[str, tuple[Span, ...]] = {}
    for record in previous.documents():
        read = (next(passages) for _ in range(record.passages))
        kept[record.sha256] = tuple(Span(passage.start, passage.end) for passage in read)
    return kept
