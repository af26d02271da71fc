"""Which part of a case each column of a table, or key of a flat object, is. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from genaiops.datasets.other_tools import ANSWERS, RETRIEVED, parts_by_name
from genaiops.datasets.promptfoo import DESCRIPTION, EXPECTED, METADATA
from genaiops.errors import InputError

Noun = Literal["column", "key"]
Part = Literal["id", "cluster", "inputs", "expected", "tags", "left out"]

ANSWER = "answer"
_SHOWN_CHARACTERS = 60
EXPECTED_NAMES = frozenset(
    {
        "expected",
        "answer",
        "ground_truth",
        "reference",
        "expected_output",  # DeepEval, pydantic_evals, Langfuse
        "ideal",  # OpenAI evals
        "target",  # Inspect
    }
)
"""Columns of these names hold the expected answer, as does promptfoo's `__expected`."""

_ROW_NUMBERS = re.compile(r"Unnamed: \d+\Z")
"""What pandas calls a column without a name, which is mostly its own numbers of the rows."""
_OWN: dict[str, Part] = {"id": "id", "cluster": "cluster"}
_PREFIXES: dict[str, Part] = {"inputs": "inputs", "expected": "expected", "tags": "tags"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is written, and what it is: `key` is its name under `part`."""

    written: str
    part: Part
    key: str = ""

    @property
    def place(self) -> str:
        """`inputs.question`, `id`."""
        return f"{self.part}.{self.key}" if self.key else self.part


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns with all that is wrong, and all that is to be known, of their names."""

    columns: tuple[Column, ...]
    errors: tuple[str, ...]
    notes: tuple[str, ...]


@lru_cache(maxsize=256)
def columns_of(names: tuple[str, ...], noun: Noun = "column") -> Columns:
    """Say what each column is, by its name alone; messages call it by the noun."""
    found, errors, notes = list[Column](), list[str](), list[str]()
    theirs = parts_by_name(names)
    for number, written in enumerate(names, start=1):
        try:
            column = _column(written, number, noun, theirs)
        except InputError as error:
            errors.append(str(error))
            continue
        found.append(column)
        notes.extend(_notes(column, noun))
    errors.extend(_doubled(found, noun))
    if not errors and not any(column.part == "inputs" for column in found):
        errors.append(f"no {noun} is an input, such as `question`")
    return Columns(tuple(found), tuple(errors), tuple(notes))


def _column(written: str, number: int, noun: Noun, theirs: Mapping[str, Part]) -> Column:
    name = written.strip()
    if name.casefold() in theirs:
        part = theirs[name.casefold()]
        return Column(written, part, "" if part == "left out" else _key(written, name, noun))
    if _ROW_NUMBERS.match(name) if name else number == 1:
        return Column(written, "left out")
    if not name:
        raise InputError(f"{noun} {number} has no name; give it one")
    if name.startswith("__"):
        return _column_of_promptfoo(written, name, noun)
    lead, dot, rest = name.partition(".")
    if dot and lead.strip().casefold() in _PREFIXES:
        return Column(written, _PREFIXES[lead.strip().casefold()], _key(written, rest, noun))
    return _named_column(written, name, noun)


def _named_column(written: str, name: str, noun: Noun) -> Column:
    if name.casefold() in _OWN:
        return Column(written, _OWN[name.casefold()])
    key = _key(written, name, noun)
    if key.casefold() in EXPECTED_NAMES:
        return Column(written, "expected", ANSWER)
    return Column(written, "inputs", key)


def _column_of_promptfoo(written: str, name: str, noun: Noun) -> Column:
    if EXPECTED.match(name):
        return Column(written, "expected", ANSWER)
    metadata = METADATA.match(name)
    if metadata:
        return Column(written, "tags", _key(written, metadata[1], noun))
    if name == DESCRIPTION:
        return Column(written, "left out")
    raise InputError(
        f"the {noun} {_shown(name)} is promptfoo's and changes how it tests, which is not read "
        f"here; leave it out, or name it without `__` to make it an input"
    )


def _key(written: str, name: str, noun: Noun) -> str:
    """A name that a template variable can have: `user question` becomes `user_question`."""
    key = re.sub(r"\W+", "_", name.strip()).strip("_") if not _is_usable(name) else name
    key = f"_{key}" if key[:1].isdigit() else key
    if not _is_usable(key):
        raise InputError(f"the {noun} {_shown(written)} has no letters to name it by; rename it")
    return key


def _is_usable(name: str) -> bool:
    return name.isidentifier()


def _notes(column: Column, noun: Noun) -> Iterator[str]:
    if column.part == "left out":
        told = _shown(column.written) if column.written.strip() else "without a name"
        is_answer = column.written.strip().casefold() in ANSWERS | RETRIEVED
        why = ": it came with an answer, which `genaiops import` scores" if is_answer else ""
        yield f"the {noun} {told} is left out{why}"
    elif column.part == "inputs" and column.key != _bare(column.written):
        yield f"the {noun} {_shown(column.written)} is the input {_shown(column.key)}"


def _bare(written: str) -> str:
    name = written.strip()
    return name.partition(".")[2] if name.casefold().startswith("inputs.") else name


def _shown(name: str) -> str:
    return repr(_cut(name))


def _cut(name: str) -> str:
    return name if len(name) <= _SHOWN_CHARACTERS else f"{name[:_SHOWN_CHARACTERS]}…"


def _doubled(columns: Sequence[Column], noun: Noun) -> Iterator[str]:
    first: dict[str, Column] = {}
    for column in columns:
        if column.part != "left out" and first.setdefault(column.place, column) is not column:
            yield _clash(first[column.place], column, noun)


def _clash(first: Column, second: Column, noun: Noun) -> str:
    """What is wrong with two columns that would be the same part of a case."""
    one, other = _shown(first.written), _shown(second.written)
    if first.written == second.written:
        return f"the {noun} {one} stands twice"
    if first.place == f"expected.{ANSWER}":
        key = _cut(_key(second.written, second.written, noun))
        return (
            f"two {noun}s look like the expected answer: {one} and {other}; rename one: "
            f"`expected.other` keeps it as a second expected value, `inputs.{key}` makes it an "
            f"input"
        )
    return f"the {noun}s {one} and {other} are both {_cut(first.place)}; rename one"
