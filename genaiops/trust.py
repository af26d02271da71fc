"""What a project wants to run, reach and read, and whether its user trusts that.

A project of data only wants nothing. What is wanted is told as plain values before anything is
imported, connected or read; one byte of code, a host or a variable more asks again.
"""

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from genaiops.digests import digest
from genaiops.errors import InputError, StoreError, TrustError


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """One thing that a project wants.

    `name` is a file from the project root, a `package.module:function`, a host with its port, or
    the name of an environment variable; `sha256` is there for a file.
    """

    kind: Literal["file", "function", "host", "variable"]
    name: str
    sha256: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "file" if not self.sha256:
                return "run its Python files, as they are edited"
            case "file":
                return f"run the Python file {self.name} (sha256 {self.sha256[:12]}…)"
            case "function":
                return f"run the Python function {self.name}"
            case "host":
                return f"reach {self.name}"
            case "variable":
                return f"read the environment variable {self.name}"


OWN_CODE = Want("file", "*")
"""All Python files of a project, whatever they hold: for those who write them."""


def is_trusted(want: Want, trusted: Collection[Want]) -> bool:
    """Whether a want is among those that are trusted, or a file of code that is one's own."""
    return want in trusted or (want.kind == "file" and OWN_CODE in trusted)


_Book = dict[str, tuple[Want, ...]]
_BOOK: TypeAdapter[_Book] = TypeAdapter(_Book)


def wants_digest(wants: Iterable[Want]) -> str:
    """The digest that CI passes to trust exactly these wants, in whatever folder they stand."""
    return digest([[want.kind, want.name, want.sha256] for want in sorted(set(wants))])


class TrustBook:
    """Which wants a user trusts, by project root: one JSON file in the user's own folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def trusted(self, root: Path) -> frozenset[Want]:
        """The trusted wants of a project.

        Raises:
            InputError: the book is damaged.
        """
        return frozenset(self._read().get(_key(root), ()))

    def trust(self, root: Path, wants: Iterable[Want]) -> None:
        """Add wants to those that are trusted; the former content of a file no longer is.

        Raises:
            InputError: the book is damaged.
            StoreError: it cannot be written.
        """
        book, added = self._read(), {*wants}
        names = {(want.kind, want.name) for want in added}
        kept = [w for w in book.get(_key(root), ()) if (w.kind, w.name) not in names]
        self._write(book | {_key(root): tuple(sorted({*kept, *added}))})

    def forget(self, root: Path) -> None:
        """Trust nothing of a project any more."""
        book = self._read()
        self._write({known: wants for known, wants in book.items() if known != _key(root)})

    def _read(self) -> _Book:
        try:
            return _BOOK.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise InputError(
                f"{self._path}: the list of trusted projects cannot be read; remove the file, and "
                f"trust your projects again"
            ) from error

    def _write(self, book: _Book) -> None:
        text = json.dumps({key: [asdict(want) for want in wants] for key, wants in book.items()})
        aside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.touch(mode=0o600)
            aside.write_text(text, "utf-8")
            aside.replace(self._path)
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be written: {error.strerror}") from error


def require(
    wants: Iterable[Want], book: TrustBook, *, root: Path, allowed_digest: str | None = None
) -> None:
    """Let a project go on only if all that it wants is trusted.

    `allowed_digest` is the `wants_digest` that was passed with the command, as CI does.

    Raises:
        TrustError: something is not trusted yet; it lists what.
    """
    wanted = sorted(set(wants))
    if not wanted or (allowed_digest is not None and allowed_digest == wants_digest(wanted)):
        return
    trusted = book.trusted(root)
    names = {(want.kind, want.name) for want in trusted}
    missing = [
        f"{want}{', changed since it was trusted' if (want.kind, want.name) in names else ''}"
        for want in wanted
        if not is_trusted(want, trusted)
    ]
    if missing:
        raise TrustError(missing)


def _key(root: Path) -> str:
    return str(root.resolve())
