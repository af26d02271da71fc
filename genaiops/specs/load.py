"""Files to specs: YAML with places, then pydantic; every fault with its line and column.

YAML is read as people mean it: `no` and `on` are texts, `1.10` stays `1.10` where a text is
wanted, keys are texts and stand once, and there are no aliases, anchors or tags.
"""

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Generic, NamedTuple, TypeVar, cast

import yaml
from pydantic import JsonValue, ValidationError

from genaiops.errors import Fault, SpecError
from genaiops.specs.base import Spec
from genaiops.specs.document import Document, Path, Place
from genaiops.specs.validation import explain

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_NODES = 50_000

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, JsonValue] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

SpecT = TypeVar("SpecT", bound=Spec)


class Loaded(NamedTuple, Generic[SpecT]):
    """A spec with the document that it came from."""

    spec: SpecT
    document: Document


class _WrittenFloat(float):
    """A number that remembers how it was written, for fields that want a text (`1.10`)."""

    written: str

    def __str__(self) -> str:
        return self.written


def load_spec(path: FilePath, kind: type[SpecT], shown: str) -> Loaded[SpecT]:
    """Read a YAML file as a spec; `shown` is the file's name in messages.

    Raises:
        SpecError: the file is missing, too large, not YAML, or does not fit; all its faults.
    """
    document = read_yaml(path, shown)
    return Loaded(validate(document, kind), document)


def read_yaml(path: FilePath, shown: str) -> Document:
    """Read a YAML file into plain values with their places.

    Raises:
        SpecError: the file is missing, too large, not UTF-8 or not YAML.
    """
    return parse_yaml(read_text(path, shown, max_bytes=MAX_BYTES), shown)


def read_text(path: FilePath, shown: str, *, max_bytes: int) -> str:
    """The text of a UTF-8 file, without a byte order mark, with plain line feeds.

    Raises:
        SpecError: the file is missing, too large or not UTF-8.
    """
    try:
        data = _regular_bytes(path, max_bytes)
    except FileNotFoundError:
        raise SpecError([Fault(shown, 0, 0, "there is no such file")]) from None
    except IsADirectoryError:
        raise SpecError([Fault(shown, 0, 0, "is a folder; name a file in it")]) from None
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error
    if data is None:
        raise SpecError([Fault(shown, 0, 0, "is no regular file; write its text into one")])
    if len(data) > max_bytes:
        size = path.stat().st_size
        raise SpecError([Fault(shown, 0, 0, f"{size:,} bytes are more than {max_bytes:,}")])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"not UTF-8 (byte 0x{data[error.start]:02x}); save the file as UTF-8"
        raise SpecError([Fault(shown, line, 1, message)]) from error


def _regular_bytes(path: FilePath, max_bytes: int) -> bytes | None:
    """The bytes of a file, one more than the most at most; None of a pipe or device.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        return None
    with path.open("rb") as file:
        return file.read(max_bytes + 1)


def parse_yaml(text: str, shown: str, *, first_line: int = 1) -> Document:
    """Read YAML text; `first_line` is the line of the file on which the text begins.

    Raises:
        SpecError: the text is not YAML, or uses what is refused here.
    """
    builder = _Builder(shown, first_line)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise SpecError([_syntax_fault(error, text, shown, first_line)]) from error
    except yaml.YAMLError as error:
        raise SpecError([Fault(shown, first_line, 1, f"not YAML: {error}")]) from error
    if builder.faults:
        raise SpecError(builder.faults)
    return Document(shown, builder.root, builder.places)


def validate(document: Document, kind: type[SpecT]) -> SpecT:
    """Make a spec of a document.

    Raises:
        SpecError: all that does not fit, each with its place, what is allowed and the nearest word.
    """
    if document.value is None:
        raise SpecError([document.fault((), "the file is empty")])
    if not isinstance(document.value, dict):
        raise SpecError([document.fault((), "expected keys with values at the top")])
    try:
        return kind.model_validate(document.value)
    except ValidationError as error:
        raise SpecError(explain(error, kind, document)) from error


def _events(text: str) -> Iterator[yaml.Event]:
    stream: object = yaml.parse(text, Loader=yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  the library is untyped here
    return cast("Iterator[yaml.Event]", stream)


class _Builder:
    """Builds values from YAML events, and notes where each stands."""

    def __init__(self, shown: str, first_line: int) -> None:
        self.root: JsonValue = None
        self.places: dict[Path, Place] = {}
        self.faults: list[Fault] = []
        self._shown = shown
        self._first_line = first_line
        self._open: list[tuple[Path, dict[str, JsonValue] | list[JsonValue]]] = []
        self._key: list[str | None] = []
        self._documents = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        match event:
            case yaml.AliasEvent():
                self._refuse(event, "aliases (*name) are not supported; write the value again")
                self._put(event, None)
            case yaml.ScalarEvent():
                self._node(event)
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._node(event)
                self._begin(event, {})
            case yaml.SequenceStartEvent():
                self._node(event)
                self._begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._key.pop()
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "one document a file; remove the second `---`")
            case _:
                pass

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(mark.line + self._first_line, mark.column + 1)

    def _refuse(self, event: yaml.Event, message: str) -> None:
        place = self._place(event)
        self.faults.append(Fault(self._shown, place.line, place.column, message))

    def _node(self, event: yaml.NodeEvent) -> None:
        self._nodes += 1
        if event.anchor is not None:
            self._refuse(event, f"anchors (&{event.anchor}) are not supported")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._refuse(event, f"tags ({tag}) are not supported; quote a text that begins with !")
        if self._nodes > MAX_NODES:
            self._stop(event, f"more than {MAX_NODES:,} values")
        if len(self._open) > MAX_DEPTH:
            self._stop(event, f"nested deeper than {MAX_DEPTH} levels")

    def _stop(self, event: yaml.Event, message: str) -> None:
        self._refuse(event, message)
        raise SpecError(self.faults)

    def _begin(self, event: yaml.Event, container: dict[str, JsonValue] | list[JsonValue]) -> None:
        if self._awaits_key():
            self._refuse(event, "a key must be a text")
            container = {}
            self._key[-1] = ""
        path = self._put(event, container)
        self._open.append((path, container))
        self._key.append(None)

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][1], dict) and self._key[-1] is None

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if not self._awaits_key():
            plain = event.implicit[0] and not event.style
            self._put(event, plain_value(event.value) if plain else event.value)
            return
        path, container = self._open[-1]
        if event.value in container:
            self._refuse(event, f"the key {event.value!r} stands twice")
        if event.value == "<<":
            self._refuse(event, "merge keys (<<) are not supported")
        self._key[-1] = event.value
        self.places[(*path, event.value)] = self._place(event)

    def _put(self, event: yaml.Event, value: JsonValue) -> Path:
        if not self._open:
            self.root = value
            self.places[()] = self._place(event)
            return ()
        path, container = self._open[-1]
        if isinstance(container, list):
            here = (*path, len(container))
            container.append(value)
            self.places[here] = self._place(event)
            return here
        key = self._key[-1] or ""
        container[key] = value
        self._key[-1] = None
        return (*path, key)


def plain_value(text: str) -> JsonValue:
    """What an unquoted scalar means: null, true, false, a number, else a text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text) if len(text) < 20 else text
    if _FLOAT.match(text) and len(text) < 40:
        number = _WrittenFloat(text)
        number.written = text
        return number
    return text


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, shown: str, first_line: int) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    written = lines[line] if line < len(lines) else ""
    hint = ""
    if re.search(r"[{\[,:]\s*\$\{", written) and not re.search(r"[\"']\s*\$\{", written):
        hint = '; quote a reference inside braces or brackets: "${…}"'
    elif "\t" in written[: column + 1]:
        hint = "; indent with spaces, not tabs"
    problem = error.problem or "cannot be read"
    return Fault(shown, line + first_line, column + 1, f"not YAML: {problem}{hint}")
