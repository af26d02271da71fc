"""What the docstring of a metric tells: its definition, its arguments, and where it is from."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"(Args|Arguments|Returns|Raises|Source|Example|Examples):\s*(.*)")
_ARGUMENT = re.compile(r"(\w+)(?: \([^)]*\))?:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """Paragraphs, each without line breaks; what each argument is; the source."""

    paragraphs: tuple[str, ...]
    arguments: Mapping[str, str]
    source: str | None

    @property
    def summary(self) -> str:
        """The first paragraph, which says what the metric is."""
        return self.paragraphs[0] if self.paragraphs else ""


def docstring_of(function: object) -> Docstring:
    """The docstring of a function in Google's form; empty where there is none."""
    sections = dict(_sections(inspect.getdoc(function) or ""))
    source = " ".join(sections.get("Source", ())).strip()
    return Docstring(
        paragraphs=tuple(_paragraphs(sections.get("", ()))),
        arguments=dict(_arguments(sections.get("Args", sections.get("Arguments", ())))),
        source=" ".join(source.split()) or None,
    )


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines below each heading; those before the first below an empty one."""
    heading, lines = "", list[str]()
    for line in text.splitlines():
        found = _HEADING.fullmatch(line)
        if found:
            yield heading, lines
            heading, lines = found[1], [found[2]]
        else:
            lines.append(line)
    yield heading, lines


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", "\n".join(lines)):
        flat = " ".join(block.split())
        if flat:
            yield flat


def _arguments(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each argument with its text; what is indented deeper goes on with it."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    begin = min(indents, default=0)
    name, told = "", list[str]()
    for line in lines:
        found = _ARGUMENT.fullmatch(line.strip())
        if found and len(line) - len(line.lstrip()) == begin:
            if name:
                yield name, " ".join(told)
            name, told = found[1], [found[2].strip()]
        elif line.strip():
            told.append(line.strip())
    if name:
        yield name, " ".join(told)
