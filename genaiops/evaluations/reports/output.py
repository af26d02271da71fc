"""Where a report goes: what the suffix of a file asks for, and the file itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from typing import TypeVar, cast

from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.report import ArmReport
from genaiops.resolve import load_attribute

WritePage = Callable[[Sequence[ArmReport], Comparison | None, Path], tuple[Path, ...]]
RenderT = TypeVar("RenderT")


def for_suffix(name: str, renders: Mapping[str, RenderT]) -> RenderT:
    """What writes a file of this name, by the longest suffix that it has.

    Raises:
        InputError: nothing does.
    """
    found = [suffix for suffix in renders if name.lower().endswith(suffix)]
    if not found:
        raise InputError(f"-o {name}: the suffix must be one of {', '.join(renders)}")
    return renders[max(found, key=len)]


def load_render(place: str) -> object:
    """A renderer of this package by `module:function`; most runs write no report."""
    return load_attribute(f"genaiops.evaluations.reports.{place}")


def write_page(
    arms: Sequence[ArmReport], comparison: Comparison | None, path: Path
) -> tuple[Path, ...]:
    """Write the page of several arms, or of one; large ones go on in further files.

    Raises:
        ExecutionError: a file cannot be written.
    """
    return cast("WritePage", load_render("html.page:write_page"))(arms, comparison, path)


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
