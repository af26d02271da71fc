"""A person labels answers, in the terminal or from a pipe."""

import json
import shlex
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from pydantic import JsonValue

from genaiops.cli.door import note, show
from genaiops.errors import InputError
from genaiops.project.drawn_answers import DrawnAnswer
from genaiops.project.labelling import LabelBook
from genaiops.text.layout import one_line
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_WORDS = {"y": True, "yes": True, "n": False, "no": False}


class Labelling:
    """Asks for a label of one answer after the other."""

    def __init__(self, book: LabelBook, limit: int) -> None:
        self._book = book
        self._limit = min(limit, len(book.order))

    def go_on(self) -> None:
        """Ask until the sample is labelled, the input ends, or the person leaves."""
        book, limit = self._book, self._limit
        if sys.stdin.isatty():
            with suppress(ImportError):
                import_module("readline")  # the line can then be edited
        note(f"{limit} of {counted(len(book.order), 'answer')}, drawn at random; {self._asked()}")
        shown: DrawnAnswer | None = None
        while (drawn := book.next(limit)) is not None:
            if drawn is not shown:
                show(self._text(drawn))
                shown = drawn
            line = _read_line()
            if line is None or line in {"q", "quit"}:
                note(f"{book.labelled} of {limit} done; the same command goes on")
                break
            try:
                shown = self._take(drawn, line)
            except InputError as error:
                note(f"error: {error}")
        else:
            note(f"all {limit} done")
        if book.labelled:
            note(f"what to do with them: {_calibrating(book)}")

    def _text(self, drawn: DrawnAnswer) -> str:
        """What a person sees of an answer: nothing of score, model, run or time."""
        case, outputs = drawn.stored.case, drawn.stored.result.outputs or {}
        shown = {name: value for name, value in outputs.items() if name not in self._book.hidden}
        return "\n".join(
            [
                f"--- {self._book.place(drawn)} of {self._limit}",
                *_named("", case.inputs),
                *_named("expected ", case.expected),
                *_named("answered ", shown),
            ]
        )

    def _take(self, drawn: DrawnAnswer, line: str) -> DrawnAnswer | None:
        """Do what was typed; gives the answer that is still asked for."""
        match line:
            case "s" | "skip":
                self._book.skip(drawn)
            case "u" | "undo":
                if not self._book.undo():
                    raise InputError("there is nothing to undo")
                return None
            case "?" | "h" | "help" | "":
                note(self._asked())
                return drawn
            case _:
                self._book.label(drawn, self._value(line))
        return drawn

    def _value(self, line: str) -> float:
        info = self._book.info
        low, high = info.low or 0.0, info.high or 0.0
        if (low, high) == (0, 1) and line.lower() in _WORDS:
            return float(_WORDS[line.lower()])
        try:
            value = float(line)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise InputError(f"{one_line(line, 40)!r} is no label: {self._asked()}")
        return value

    def _asked(self) -> str:
        info = self._book.info
        low, high = info.low or 0.0, info.high or 0.0
        scale = "y or n" if info.binary else f"{low:g} to {high:g}"
        better = "" if info.binary else f" ({info.direction} is better)"
        return f"{info.name}: {scale}{better}; s skips, u undoes, q leaves"


def _calibrating(book: LabelBook) -> str:
    """The command that sets the judge beside these labels."""
    here, path = Path.cwd(), book.kept.path.absolute()
    shown = str(path.relative_to(here) if path.is_relative_to(here) else path)
    judge = f"{book.eval}:{book.info.name}"
    return shlex.join(["genaiops", "judge", "calibrate", judge, "--labels", shown])


def _read_line() -> str | None:
    """What was typed, without space around it; None at the end of the input."""
    if sys.stdin.isatty():
        try:
            return input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return None
    line = sys.stdin.readline()
    return line.strip() if line else None


def _named(lead: str, values: Mapping[str, JsonValue]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{lead}{one_line(name, 40)}:"
        yield textwrap.indent(printable(_text_of(value)), "  ")


def _text_of(value: JsonValue) -> str:
    """A text as it stands, passages with their documents, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(_is_passage(each) for each in value):
        texts = [each for each in value if isinstance(each, dict)]
        return "\n".join(f"[{each['document']}] {each['text']}" for each in texts)
    return json.dumps(value, ensure_ascii=False, indent=1)


def _is_passage(value: JsonValue) -> bool:
    return isinstance(value, dict) and {"document", "text"} <= value.keys()
