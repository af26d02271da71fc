"""Answers searched by a regular expression, without those that can take forever. Pure."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text

MAX_SEARCHED = 10_000
"""Characters of an answer that are searched."""
_MAX_PATTERN = 1_000
_MAX_SIDE_BY_SIDE = 2
_SMALL = 100
_TOKEN = re.compile(
    r"""
    (?P<escape>\\.) | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<open>\((?:\?(?:P<\w+>|<[=!]|[:=!>]|[aiLmsux-]+:))?) | (?P<close>\))
    | (?P<repeat>[*+]|\{\d*,\d*\}|\{\d+\}|\?)[?+]? | (?P<either>\|) | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def safe_pattern(pattern: str) -> str:
    """A pattern whose search cannot take exponential time, as far as its form tells.

    Refused is a group that is repeated without a limit and holds such a repetition or a choice
    itself, `(a+)+` or `(a|ab)*`, three unlimited repetitions side by side, and a repeated back
    reference. What is left can still take time that grows with a power of the
    length, which is why no more than 10,000 characters are searched.

    Raises:
        ValueError: the pattern does not compile, is too long, or is refused.
    """
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"a pattern has at most {_MAX_PATTERN} characters")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    problem = _problem(pattern)
    if problem:
        raise ValueError(f"{pattern!r} can take forever: {problem}")
    return pattern


SafePattern = Annotated[str, AfterValidator(safe_pattern)]


@metric(binary=True)
def regex(answer: Text, pattern: SafePattern, *, ignore_case: bool = False) -> bool:
    """Whether a Python regular expression is found in the first 10,000 characters of the answer.

    Args:
        answer: The text that is searched; `^` and `$` are its ends, or those of what is searched.
        pattern: Without repetitions inside of repetitions: see `safe_pattern`.
        ignore_case: Whether case does not count.
    """
    flags = re.IGNORECASE if ignore_case else 0
    return re.search(pattern, answer[:MAX_SEARCHED], flags) is not None


def _problem(pattern: str) -> str | None:
    walk = _Walk()
    for token in _TOKEN.finditer(pattern):
        if token["repeat"]:
            problem = walk.repeat(*_bounds(token["repeat"]))
            if problem:
                return problem
        elif token["open"]:
            walk.open()
        elif token["close"]:
            walk.close()
        elif token["either"]:
            walk.mark("a choice")
        else:
            walk.take("a back reference" if re.fullmatch(r"\\[1-9]", token[0]) else "")
    return None


@dataclass(slots=True)
class _Walk:
    """A walk along a pattern: what is risky in each open group, and in the last atom."""

    groups: list[str] = field(default_factory=lambda: [""])
    atom: str = ""
    is_new: bool = True
    repeats: int = 0

    def take(self, risk: str) -> None:
        """Go past an atom; one that was not repeated ends a row of repetitions."""
        self.repeats = 0 if self.is_new else self.repeats
        self.atom, self.is_new = risk, True

    def open(self) -> None:
        self.groups.append("")
        self.repeats, self.is_new = 0, True

    def close(self) -> None:
        risk = self.groups.pop()
        self.mark(risk or self.groups[-1])
        self.atom, self.is_new = risk, True

    def mark(self, risk: str) -> None:
        """Say what is risky in the group that is open."""
        self.groups[-1] = risk
        self.repeats = 0

    def repeat(self, least: int, most: int | None) -> str | None:
        """Repeat the last atom, or say why not; no `most` is no limit."""
        if most == least:
            return None
        self.groups[-1], self.is_new = "a repetition", least > 0 and most is not None
        if most is None or most > _SMALL:
            self.repeats, self.is_new = self.repeats + 1, False
            if self.atom:
                return f"it repeats {self.atom} without a limit"
        if self.repeats > _MAX_SIDE_BY_SIDE:
            return "it has three unlimited repetitions side by side"
        return None


def _bounds(repeat: str) -> tuple[int, int | None]:
    """The least and the largest number of repetitions; None is no limit."""
    if repeat[0] in "*+?":
        return int(repeat[0] == "+"), 1 if repeat[0] == "?" else None
    least, comma, most = repeat.strip("{}?+").partition(",")
    return int(least or 0), int(most) if most else None if comma else int(least)
