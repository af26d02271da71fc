"""Answers of a length and a form. Pure."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text
from genaiops.metrics.words import letter_words
from genaiops.records import Score

_Count = Annotated[int, Field(ge=0)]
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
_RULE = re.compile(r":?-+:?")
_MARKED = {
    "a heading": re.compile(r"^#{1,6} ", re.MULTILINE),
    "a list": re.compile(r"^[ \t]*[-*+] ", re.MULTILINE),
    "a code block": re.compile(r"^```", re.MULTILINE),
    "bold text": re.compile(r"\*\*[^\s*]|__[^\s_]"),
    "a link": re.compile(r"\]\("),
    "a table": re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE),
}

Unit = Literal["words", "characters"]
Form = Literal["line", "list", "table", "plain"]


def _rising(bounds: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    low, high = bounds
    if low is None and high is None:
        raise ValueError("at least one of the two is a number")
    if low is not None and high is not None and low > high:
        raise ValueError(f"goes from the lowest to the highest, not from {low} to {high}")
    return bounds


Bounds = Annotated[tuple[_Count | None, _Count | None], AfterValidator(_rising)]
"""The lowest and the highest number; None is unlimited."""


@metric(binary=True)
def answer_length(answer: Text, between: Bounds, *, unit: Unit = "words") -> Score:
    """Whether the answer is as long as it should be.

    Args:
        answer: The text to judge.
        between: The lowest and the highest number, `[10, 60]`; `null` is unlimited, `[null, 60]`.
        unit: What is counted. Words are runs of letters and digits, and each letter of a script
            that is written without spaces; characters are counted without white space around them.
    """
    low, high = between
    size = len(letter_words(answer)) if unit == "words" else len(answer.strip())
    if low is not None and size < low:
        return Score(value=0.0, explanation=f"{size} {unit}, at least {low} are wanted")
    if high is not None and size > high:
        return Score(value=0.0, explanation=f"{size} {unit}, at most {high} are wanted")
    return Score(value=1.0, explanation=f"{size} {unit}")


@metric(binary=True)
def answer_format(answer: Text, form: Form) -> Score:
    """Whether the answer has the form that was asked for.

    Args:
        answer: The text to judge.
        form: `line`, one line; `list`, Markdown items, one or more; `table`, a Markdown table whose
            rows have as many cells as its head; `plain`, without Markdown. A first line that ends
            in a colon may lead to a list or a table. JSON is judged by `json_schema`, one of
            several words by `exact_match` with a list.
    """
    lines = [line for line in answer.strip().splitlines() if line.strip()]
    body = lines[1:] if lines and lines[0].rstrip().endswith(":") else lines
    match form:
        case "line":
            problem = None if len(answer.strip().splitlines()) == 1 else f"{len(lines)} lines"
        case "list":
            problem = _list_problem(body)
        case "table":
            problem = _table_problem(body)
        case "plain":
            marks = [name for name, mark in _MARKED.items() if mark.search(answer)]
            problem = f"has {marks[0]}" if marks else None
    return Score(value=float(problem is None), explanation=problem)


def _list_problem(lines: Sequence[str]) -> str | None:
    """Why lines are no list: each is an item, or an indented one that goes on with an item."""
    if not lines or not _ITEM.match(lines[0]):
        return "does not begin with an item"
    wrong = next((line for line in lines if not _ITEM.match(line) and line[0] not in " \t"), None)
    return None if wrong is None else f"is no item: {wrong[:60]!r}"


def _table_problem(lines: Sequence[str]) -> str | None:
    if len(lines) < 3:
        return "a table has a head, a rule and a row"
    rows = [_cells(line) for line in lines]
    if not all(_RULE.fullmatch(cell) for cell in rows[1]):
        return "has no rule below the head"
    wrong = next((row for row in rows if len(row) != len(rows[0])), None)
    if wrong is not None:
        return f"has a row of {len(wrong)} cells, its head has {len(rows[0])}"
    return None if "|" in lines[0] else "has no columns"


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|").removesuffix("|").replace(r"\|", "")
    return [cell.strip() for cell in bare.split("|")]
