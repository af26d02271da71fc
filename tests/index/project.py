"""A small project to index, with a clock that stands still until it is moved."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genaiops.index import BuiltIndex, IndexStatus, IndexVersion
from genaiops.index import build_index as _build
from genaiops.index import index_status as _status
from genaiops.index import open_index as _open
from genaiops.protocols import Embedder
from genaiops.specs.index import IndexSpec
from tests.fakes import HashEmbedder

TEXTS = {
    "tariffs.md": "# Tariffs\n\nThe fixed tariff lasts twelve months. Leaving early costs £30.\n",
    "meters.md": "# Meters\n\nA smart meter sends a reading every half hour.\n",
    "sub/refunds.md": "# Refunds\n\nA refund of credit arrives within 10 working days.\n",
}
SPEC = {
    "sources": [{"glob": "docs/**/*.md"}],
    "chunk": {"size": 16, "unit": "tokens"},
    "embedder": "hash",
}


class Project:
    """A folder with documents under `docs`, its index, and the embedder and clock for it."""

    def __init__(self, root: Path, texts: Mapping[str, str] = TEXTS) -> None:
        self.root = root
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.embedder: Embedder | None = HashEmbedder()
        self.spec = IndexSpec.model_validate(SPEC)
        self.progress: list[tuple[int, int]] = []
        self.write(texts)

    @property
    def home(self) -> Path:
        return self.root / ".genaiops" / "indexes" / "docs"

    def write(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            path = self.root / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def say(self, **changes: object) -> None:
        """Write other keys into the spec; None takes one away."""
        said = self.spec.model_dump(mode="json", exclude_unset=True) | changes
        kept = {key: value for key, value in said.items() if value is not None}
        self.spec = IndexSpec.model_validate(kept)

    def wait(self, time: timedelta) -> None:
        self.now += time

    async def build(self) -> IndexVersion:
        return await _build(
            self.spec,
            "docs",
            self.root,
            self.embedder,
            clock=lambda: self.now,
            on_progress=lambda done, total: self.progress.append((done, total)),
        )

    def open(self) -> BuiltIndex:
        return _open(self.spec, "docs", self.root, self.embedder, clock=lambda: self.now)

    def status(self) -> IndexStatus:
        return _status(self.spec, "docs", self.root, self.embedder, clock=lambda: self.now)
