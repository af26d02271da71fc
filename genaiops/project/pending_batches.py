"""Batches that were begun and not fetched yet: a small file each, so that a crash loses none."""

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from genaiops.digests import digest
from genaiops.errors import StoreError
from genaiops.records.record import Record

FOLDER = ".genaiops/batches"


class Pending(Record):
    """A file of requests that was uploaded for a model, and its batch once that is known.

    `model` is the identity of the model and `keys` are those of the calls.
    """

    model: str
    file: str
    batch: str | None = None
    keys: tuple[str, ...]


class PendingBatches:
    """The batches of a project that are not fetched yet."""

    def __init__(self, root: Path) -> None:
        """Make the folder, where it is missing.

        Raises:
            StoreError: it cannot be made.
        """
        self.folder = root / FOLDER
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be made: {error.strerror}") from error

    def of(self, model: str, keys: Iterable[str]) -> list[Pending]:
        """Those of a model that ask for one of these keys.

        Raises:
            StoreError: one cannot be read.
        """
        wanted = set(keys)
        found = [self._read(path) for path in sorted(self.folder.glob("*.json"))]
        return [each for each in found if each.model == model and wanted & set(each.keys)]

    def keep(self, pending: Pending) -> None:
        """Write it down, durably.

        Raises:
            StoreError: it cannot be written.
        """
        path = self._path(pending)
        aside = path.with_suffix(".new")
        try:
            with aside.open("w", encoding="utf-8") as stream:
                stream.write(pending.model_dump_json())
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(path)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be written: {error.strerror}; free space or fix its permissions"
            ) from error

    def drop(self, pending: Pending) -> None:
        """Forget one whose results are kept."""
        self._path(pending).unlink(missing_ok=True)

    def _path(self, pending: Pending) -> Path:
        return self.folder / f"{digest([pending.model, pending.file])[:16]}.json"

    def _read(self, path: Path) -> Pending:
        try:
            return Pending.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreError(
                f"{path}: is damaged: it named a batch that was begun; look it up at the "
                "provider, then remove the file"
            ) from error
