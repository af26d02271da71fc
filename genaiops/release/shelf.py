"""The shelf: files of releases by their sha256, each written once and never changed."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from genaiops.digests import canonical_json, digest_bytes
from genaiops.durable import sync
from genaiops.errors import InputError, StoreError
from genaiops.records.releases import Release
from genaiops.release.clearing import clear


class Shelf:
    """A folder of files, called by what they hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever kept."""
        return not any(self._folder.glob("*"))

    def keep(self, data: bytes) -> str:
        """Put bytes on the shelf, durably, unless they are there; gives their sha256.

        Raises:
            StoreError: they cannot be written.
        """
        sha256 = digest_bytes(data)
        self._put(self._path(sha256), sha256, lambda path: path.write_bytes(data))
        return sha256

    def keep_file(self, file: Path) -> str:
        """Put a file that is never written again on the shelf, by a link where that goes.

        Raises:
            StoreError: it cannot be read or written.
        """
        try:
            sha256 = _sha256(file)
        except OSError as error:
            raise StoreError(f"{file}: cannot be read: {error.strerror}") from error
        self._put(self._path(sha256), sha256, lambda path: _link(file, path))
        return sha256

    def keep_release(self, release: Release) -> str:
        """Put a release on the shelf; gives the digest of the bundle."""
        return self.keep(canonical_json(release.model_dump(mode="json")).encode())

    def take(self, sha256: str, shown: str) -> bytes:
        """A file of a release, which is called so in messages.

        Raises:
            StoreError: it is gone, or is not what was put there.
        """
        fault = self.fault(sha256, shown)
        if fault is not None:
            raise StoreError(fault)
        return self._path(sha256).read_bytes()

    def release(self, bundle: str, id_: str) -> Release:
        """A release by the digest of its bundle.

        Raises:
            InputError: it is of another version of genaiops.
            StoreError: it is gone, or was changed.
        """
        try:
            return Release.model_validate_json(self.take(bundle, f"release {id_}"))
        except ValidationError as error:
            raise InputError(f"release {id_} is of another version of genaiops") from error

    def faults(self, release: Release) -> tuple[str, ...]:
        """What of a release is gone or changed, a sentence each."""
        found = (self.fault(sha256, shown) for shown, sha256 in _files(release).items())
        return tuple(fault for fault in found if fault is not None)

    def files_of(self, bundle: str, id_: str) -> frozenset[str]:
        """The sha256 of all that a release needs on the shelf, itself as well.

        Raises:
            InputError: it is of another version of genaiops.
            StoreError: it is gone, or was changed.
        """
        return frozenset({bundle, *_files(self.release(bundle, id_)).values()})

    def remove(self, bundle: str, id_: str, needed: Collection[str]) -> None:
        """Remove a release with the files of it that are not `needed` elsewhere, itself the last.

        Raises:
            StoreError: one cannot be removed.
        """
        if bundle in needed or not self._path(bundle).exists():
            return
        try:
            files = self.files_of(bundle, id_) - {bundle}
        except (InputError, StoreError):  # it was changed: what it held is not known any more
            files = frozenset[str]()
        for path in (*map(self._path, files.difference(needed)), self._path(bundle)):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(f"{path}: cannot be removed: {error.strerror}") from error

    def fault(self, sha256: str, shown: str) -> str | None:
        """What is wrong with a file that is called so in messages; None where it is whole."""
        path = self._path(sha256)
        try:
            is_whole = _sha256(path) == sha256
        except OSError as error:
            return f"{shown} cannot be read from the shelf: {path}: {error.strerror}"
        return None if is_whole else f"{shown} was changed on the shelf: {path}"

    def unpack(self, release: Release, folder: Path) -> None:
        """Put the files of a release, and nothing else, into a folder as they stand in the project.

        Raises:
            InputError: one has a path that leads out of the folder.
            StoreError: one is gone or was changed, or cannot be written.
        """
        paths = {name: _inside(folder, name) for name in (*release.files, *release.held)}
        try:
            clear(folder, paths.values())
        except OSError as error:
            raise StoreError(f"{folder}: cannot be cleared: {error.strerror}") from error
        for name, sha256 in release.files.items():
            data = self.take(sha256, name)
            self._put(paths[name], sha256, lambda path, data=data: path.write_bytes(data))
        for name, sha256 in release.held.items():
            fault = self.fault(sha256, name)
            if fault is not None:
                raise StoreError(fault)
            source = self._path(sha256)
            self._put(paths[name], sha256, lambda path, file=source: _link(file, path))

    def _put(self, path: Path, sha256: str, write: Callable[[Path], object]) -> None:
        """Have a file there with this content, durably, whole or not at all."""
        aside = path.with_name(f".{uuid.uuid4().hex}")
        try:
            if _is(path, sha256):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            write(aside)
            sync(aside)
            aside.replace(path)
            sync(path.parent)
            sync(path.parent.parent)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _files(release: Release) -> dict[str, str]:
    scores = {f"the scores of run {each.run}": each.scores for each in release.evidence}
    return {**release.files, **release.held, **scores}


def _inside(folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"a release has a file called {name!r}: it is not unpacked")
    return folder / path


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and not path.is_symlink() and _sha256(path) == sha256


def _link(file: Path, path: Path) -> None:
    try:
        os.link(file, path)
    except OSError:  # another disk, or one without links
        shutil.copyfile(file, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
