"""From the bytes of a file to the texts in it, by the suffix of the file."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.errors import InputError, suggest
from genaiops.index.markup import html_text
from genaiops.resolve import load_extra


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text; without an `id` the file names it."""

    text: str
    id: str | None = None
    title: str | None = None


class _Line(BaseModel):
    """A line of a JSONL file of documents."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    id: str | None = None
    document: str | None = None
    """The same as `id`."""
    text: str
    title: str | None = None


class _PdfModule(Protocol):
    def pdf_text(self, data: bytes, shown: str) -> str: ...


def read_texts(data: bytes, suffix: str, shown: str) -> Iterator[ReadText]:
    """The texts of a file with one of `SUFFIXES`.

    A byte order mark is dropped and CRLF becomes LF, so that offsets are those of the text as
    Python's `open` gives it, whatever the checkout. Texts inside of JSON stay as they are.

    Raises:
        InputError: the bytes are not UTF-8, or a line is no document.
        MissingExtra: a PDF, without the extra for it.
    """
    return _READERS[suffix](data, shown)


def _read_plain(data: bytes, shown: str) -> Iterator[ReadText]:
    yield ReadText(_decode(data, shown))


def _read_html(data: bytes, shown: str) -> Iterator[ReadText]:
    yield ReadText(html_text(_decode(data, shown)))


def _read_pdf(data: bytes, shown: str) -> Iterator[ReadText]:
    module = cast("_PdfModule", load_extra("genaiops.index.pdf", f"reading {shown}", "pdf"))
    yield ReadText(module.pdf_text(data, shown))


def _read_jsonl(data: bytes, shown: str) -> Iterator[ReadText]:
    for number, line in enumerate(_decode(data, shown).split("\n"), start=1):
        if line.strip():
            yield _parse_line(line, f"{shown}:{number}")


def _parse_line(line: str, place: str) -> ReadText:
    try:
        read = _Line.model_validate(json.loads(line))
        read.text.encode()
    except json.JSONDecodeError as error:
        raise InputError(f"{place}:{error.colno}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise InputError(f"{place}: nested too deep") from error
    except UnicodeEncodeError as error:
        raise InputError(f"{place}: half a surrogate pair at character {error.start}") from error
    except ValidationError as error:
        raise InputError(f"{place}: {_first_fault(error)}") from error
    name = read.id if read.id is not None else read.document
    if not name:
        raise InputError(f"{place}: a document needs an 'id' (or 'document') and a 'text'")
    return ReadText(read.text, name, read.title)


def _first_fault(error: ValidationError) -> str:
    details = error.errors(include_url=False)
    detail = next((one for one in details if one["type"] == "extra_forbidden"), details[0])
    key = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"unknown key {key!r}{suggest(key, _Line.model_fields)}"
    if detail["type"] == "missing":
        return f"missing key {key!r}; a document is {{'id', 'text', 'title'?}}"
    return f"{key or 'the line'}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _decode(data: bytes, shown: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{shown}: not UTF-8 at byte {error.start} (0x{data[error.start]:02x}); "
            f"save it as UTF-8"
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


_READERS: dict[str, Callable[[bytes, str], Iterator[ReadText]]] = {
    ".md": _read_plain,
    ".markdown": _read_plain,
    ".txt": _read_plain,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".pdf": _read_pdf,
}
SUFFIXES = frozenset(_READERS)
