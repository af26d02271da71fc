"""`catalog.lock`: which model each selection was resolved to, and on what grounds."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.errors import Fault, SpecError, StoreError
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.load import read_text

LOCK_FILE = "catalog.lock"
MAX_BYTES = 1_000_000


class LockedModel(BaseModel):
    """The choice of one selection, with the digests of what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    selection_digest: str
    entry_digest: str
    evidence_digest: str


class CatalogLock(BaseModel):
    """All resolved selections."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    selections: dict[str, LockedModel] = {}

    @property
    def models(self) -> Mapping[str, str]:
        """The model of each selection."""
        return {name: locked.model for name, locked in self.selections.items()}


def read_lock(root: Path) -> CatalogLock:
    """The lock of a project; without a file nothing is resolved.

    Raises:
        SpecError: the file is damaged.
    """
    path = root / LOCK_FILE
    if not path.exists():
        return CatalogLock()
    try:
        return CatalogLock.model_validate_json(read_text(path, LOCK_FILE, max_bytes=MAX_BYTES))
    except ValidationError as error:
        message = "is damaged; restore it from git, or remove it and run genaiops select"
        raise SpecError([Fault(LOCK_FILE, 0, 0, message)]) from error


def write_lock(root: Path, lock: CatalogLock) -> None:
    """Write the lock, whole or not at all.

    Raises:
        StoreError: it cannot be written.
    """
    aside = root / f"{LOCK_FILE}.tmp"
    try:
        aside.unlink(missing_ok=True)  # never through a link that stands there
        aside.write_text(lock.model_dump_json(indent=2) + "\n", "utf-8")
        aside.replace(root / LOCK_FILE)
    except OSError as error:
        raise StoreError(f"{root / LOCK_FILE}: cannot be written: {error.strerror}") from error


def lock_problem(name: str, lock: CatalogLock, catalog: CatalogSpec) -> str | None:
    """Why a locked choice no longer holds, by the catalog alone; None where it holds."""
    locked = lock.selections.get(name)
    if locked is None:
        return f"selection {name!r} is not resolved: genaiops select {name}"
    entry = catalog.models.get(locked.model)
    if entry is None:
        return f"selection {name!r} chose {locked.model!r}, which the catalog no longer has"
    if entry.digest != locked.entry_digest:
        return f"the catalog entry of {locked.model!r} changed since it was selected"
    if catalog.selections[name].digest != locked.selection_digest:
        return f"the selection {name!r} changed since it was resolved"
    return None
