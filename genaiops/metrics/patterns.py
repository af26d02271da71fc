"""Answers searched by a regular expression, without those that can take forever. Pure."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text
from genaiops.records import Score

SEARCHED = {0: 10_000, 1: 10_000, 2: 1_500}
"""Characters that are searched, by how many unlimited repetitions can match the same text."""

_MAX_PATTERN = 1_000
_SMALL, _FEW = 100, 5
_LETTERS = [chr(code) for code in range(128)]
_TOKEN = re.compile(
    r"""
    (?P<escape>\\.) | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<open>\((?:\?(?:P<\w+>|<[=!]|[:=!>]|[aiLmsux-]+:))?) | (?P<close>\))
    | (?P<repeat>[*+]|\{\d*,\d*\}|\{\d+\}|\?)[?+]? | (?P<either>\|) | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_Risk = Literal["", "a choice", "a range", "a repetition", "a back reference"]
_RISKS: tuple[_Risk, ...] = get_args(_Risk)


def safe_pattern(pattern: str) -> str:
    """A pattern whose search takes seconds at most, as far as its form tells.

    Refused is the repetition of a group that holds a repetition or a choice itself, `(a+)+` or
    `(a|ab)*`, and of a back reference; and more than two unlimited repetitions that can match the
    same text, `.*foo.*bar.*`. With two of them fewer characters are searched (`SEARCHED`).

    Raises:
        ValueError: the pattern does not compile, is too long, or is refused.
    """
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"a pattern has at most {_MAX_PATTERN} characters")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    problem = _walk(pattern).problem
    if problem:
        raise ValueError(f"{pattern!r} can take forever: it has {problem}")
    return pattern


SafePattern = Annotated[str, AfterValidator(safe_pattern)]


@metric(binary=True)
def regex(answer: Text, pattern: SafePattern, *, ignore_case: bool = False) -> Score:
    """Whether a Python regular expression is found in the answer.

    Args:
        answer: Its first 10,000 characters are searched, or 1,500 where two repetitions of the
            pattern can match the same text; `$` is then the end of what is searched.
        pattern: One that `safe_pattern` takes.
        ignore_case: Whether case does not count.
    """
    searched = answer[: SEARCHED[_walk(pattern).overlapping]]
    found = re.search(pattern, searched, re.IGNORECASE if ignore_case else 0)
    is_cut = found is None and len(searched) < len(answer)
    told = f"only the first {len(searched)} characters were searched" if is_cut else None
    return Score(value=float(found is not None), explanation=told)


@dataclass(slots=True)
class _Walk:
    """A walk along a pattern: what is risky in each open group and in the last atom.

    `row` holds the atoms that are repeated without a limit and can also match all that has to be
    there since; None is a group. `overlapping` is the most of them that can match the same text.
    """

    groups: list[_Risk] = field(default_factory=lambda: [""])
    row: list[str | None] = field(default_factory=list[str | None])
    atom: str | None = None
    risk: _Risk = ""
    is_once: bool = False
    overlapping: int = 0
    problem: str | None = None

    def take(self, atom: str) -> None:
        """Go past the last atom to this one."""
        self._pass()
        self.atom, self.is_once = atom, True
        self.risk = "a back reference" if re.fullmatch(r"\\[1-9]", atom) else ""

    def open(self) -> None:
        self._pass()
        self.groups.append("")
        self.is_once = False

    def close(self) -> None:
        self._pass()
        self.risk = self.groups.pop()
        self.mark(self.risk)
        self.atom, self.is_once = None, False

    def mark(self, risk: _Risk) -> None:
        """Say what is risky in the group that is open."""
        worse = max(_RISKS.index(self.groups[-1]), _RISKS.index(risk))
        self.groups[-1] = _RISKS[worse]

    def repeat(self, least: int, most: int | None) -> None:
        """Repeat the last atom; no `most` is no limit."""
        allowed = 1 if self.risk in {"a repetition", "a back reference"} else _FEW
        if self.risk and (most is None or most > allowed):
            self.problem = self.problem or f"a repetition of {self.risk}"
        self.is_once = self.is_once and least > 0
        if most is None or most > _SMALL:
            self.is_once = False
            self.mark("a repetition")
            self._add_to_row()
        elif least < most:
            self.mark("a range")

    def _add_to_row(self) -> None:
        alike = 1 + sum(_overlap(self.atom, before) for before in self.row)
        self.row.append(self.atom)
        self.overlapping = max(self.overlapping, alike)
        if alike not in SEARCHED:
            self.problem = self.problem or "three unlimited repetitions that match the same text"

    def _pass(self) -> None:
        """Leave the last atom; if it has to be there, it ends repetitions that cannot match it."""
        if self.is_once:
            self.row = [before for before in self.row if _overlap(self.atom, before)]


@lru_cache(maxsize=256)
def _walk(pattern: str) -> _Walk:
    walk = _Walk()
    for token in _TOKEN.finditer(pattern):
        if token["repeat"]:
            walk.repeat(*_bounds(token["repeat"]))
        elif token["open"]:
            walk.open()
        elif token["close"]:
            walk.close()
        elif token["either"]:
            walk.mark("a choice")
        else:
            walk.take(token[0])
    return walk


def _overlap(left: str | None, right: str | None) -> bool:
    """Whether two atoms can match the same character, as far as ASCII tells."""
    if left is None or right is None:
        return True
    return any(
        re.fullmatch(left, letter, re.DOTALL) and re.fullmatch(right, letter, re.DOTALL)
        for letter in _LETTERS
    )


def _bounds(repeat: str) -> tuple[int, int | None]:
    """The least and the largest number of repetitions; None is no limit."""
    if repeat[0] in "*+?":
        return int(repeat[0] == "+"), 1 if repeat[0] == "?" else None
    least, comma, most = repeat.strip("{}?+").partition(",")
    return int(least or 0), int(most) if most else None if comma else int(least)
