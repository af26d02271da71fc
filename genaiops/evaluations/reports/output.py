"""Where a report goes: what the suffix of a file asks for, and the file itself."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from typing import TypeVar

from genaiops.errors import ExecutionError, InputError

RenderT = TypeVar("RenderT")


def for_suffix(name: str, renders: Mapping[str, RenderT]) -> RenderT:
    """What writes a file of this name.

    Raises:
        InputError: nothing does.
    """
    for suffix, render in renders.items():
        if name.lower().endswith(suffix):
            return render
    raise InputError(f"-o {name}: the suffix must be one of {', '.join(renders)}")


def write_pieces(pieces: Iterable[str], path: Path) -> None:
    """Write a text piece by piece, whole or not at all, in a folder that is made where missing.

    A link that stands there is replaced, not followed.

    Raises:
        ExecutionError: the file cannot be written.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        aside.unlink(missing_ok=True)
        with aside.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        aside.replace(path)
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
