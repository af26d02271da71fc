"""`indexes/<name>.yaml`: documents, how they are cut, embedded, stored and searched."""

from typing import Literal

from pydantic import Field, model_validator

from genaiops.specs.base import Spec


class SourceSpec(Spec):
    """Documents by a glob from the project root; md, txt, html, jsonl and, by an extra, pdf."""

    glob: str
    """Such as `datasets/handbook/**/*.md`."""


class ChunkSpec(Spec):
    """How documents are cut; `size` and `overlap` are counted in `unit`."""

    by: Literal["recursive"] = "recursive"
    size: int = Field(default=200, ge=16, le=8192)
    """Of a passage, at most."""
    overlap: int = Field(default=0, ge=0)
    """What neighbors share; at most half of the size."""
    unit: Literal["tokens", "characters"] = "tokens"
    """Tokens are those of the embedder; without one, words."""

    @model_validator(mode="after")
    def _overlap_below_half(self) -> "ChunkSpec":
        if self.overlap * 2 > self.size:
            raise ValueError(f"overlap {self.overlap} is more than half of size {self.size}")
        return self


class RetrieveSpec(Spec):
    """How passages are found."""

    mode: Literal["dense", "lexical", "fused"] = "fused"
    """By embeddings, by words, or both ranks fused."""


class ChromaServer(Spec):
    """A Chroma server that holds the search structure."""

    chroma: str
    """Its URL."""


class FreshnessSpec(Spec):
    """When an index counts as stale."""

    max_age: str | None = Field(default=None, pattern=r"^\d+[hdw]$")
    """For example 12h, 7d or 4w; counted from the build."""
    on_change: Literal["stale", "warn"] = "stale"
    """A source changed since the build: refuse to answer, or warn."""


class IndexSpec(Spec):
    """One index."""

    description: str = ""
    sources: tuple[SourceSpec, ...] = Field(min_length=1)
    """The documents."""
    chunk: ChunkSpec = ChunkSpec()
    """How documents are cut."""
    embedder: str | None = None
    """A name of the catalog's embedders; not needed for lexical retrieval."""
    retrieve: RetrieveSpec = RetrieveSpec()
    """How passages are found."""
    store: Literal["auto", "exact", "chroma"] | ChromaServer = "auto"
    """auto: exact search up to 50,000 passages, Chroma above."""
    freshness: FreshnessSpec = FreshnessSpec()
    """When it counts as stale."""

    @model_validator(mode="after")
    def _dense_needs_an_embedder(self) -> "IndexSpec":
        if self.embedder is None and self.retrieve.mode != "lexical":
            raise ValueError(f"retrieve mode {self.retrieve.mode!r} needs an embedder")
        return self
