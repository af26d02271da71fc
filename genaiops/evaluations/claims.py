"""What a comparison proves, in a sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.evaluations.comparison import ComparedArm, ComparedPair
from genaiops.gates import number_style
from genaiops.records import MetricInfo
from genaiops.text.quantities import counted

NOTHING_CLAIMED = (
    "No expected answers, or no metric of quality that all arms share: "
    "the answers stand side by side, nothing is claimed."
)
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Closest:
    """The closest call at the top: the leader and the arm next to it that is not proven worse."""

    pair: ComparedPair
    n_needed: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the sentence is made of; `ranked` are the arms with scores, best first."""

    info: MetricInfo
    cases: int
    ranked: Sequence[ComparedArm]
    pairs: Sequence[ComparedPair]
    closest: Closest | None
    identical: frozenset[tuple[str, str]]


def sentence_of(found: Found) -> str:
    """What is proven, and what would decide the closest call."""
    if len(found.ranked) == 1:
        return f"Only {found.ranked[0].label} has scores: nothing can be compared."
    if not found.cases:
        return "The arms have no case in common: nothing can be compared."
    if found.cases == 1:
        return "Nothing can be proven on one case."
    return _of_two(found, found.pairs[0]) if len(found.ranked) == 2 else _of_many(found)


def names(labels: Sequence[str]) -> str:
    """Labels in a row: "a, b, c", and how many more after the first few."""
    shown = ", ".join(labels[:_MOST_NAMES])
    rest = len(labels) - _MOST_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _of_two(found: Found, pair: ComparedPair) -> str:
    style, difference = number_style(found.info), pair.difference
    ends = ("?" if end is None else style.signed(end) for end in (difference.low, difference.high))
    told = f"{style.difference(difference.value)} [{', '.join(ends)}]"
    on, named = counted(difference.n, "case"), f"{pair.second} minus {pair.first}"
    if pair.proven is not None:
        return f"{pair.second} is proven {pair.proven} than {pair.first} on {on}: {told}."
    if (pair.first, pair.second) in found.identical:
        return f"{pair.second} answers exactly as {pair.first} on {on}."
    if not (pair.better or pair.worse) and not difference.missing:
        return f"{pair.second} scores exactly as {pair.first} on {on}."
    return f"No proven difference on {on}: {named} {told}; {_needed(found.closest, 'this size')}."


def _of_many(found: Found) -> str:
    total = len(found.ranked)
    tied = [arm.label for arm in found.ranked if arm.rank_low == 1]
    worse = total - len(tied)
    if len(tied) == 1:
        return f"{tied[0]} is proven best of {total}."
    closer = _needed(found.closest, "its size")
    if not worse:
        return (
            f"No proven difference among {total} arms on {counted(found.cases, 'case')}; {closer}."
        )
    return f"{len(tied)} tied for first ({names(tied)}); {worse} proven worse; {closer}."


def _needed(closest: Closest | None, size: str) -> str:
    if closest is None or closest.n_needed is None:
        return "no number of cases would decide a difference of 0"
    needed = f"{closest.n_needed:,} cases"
    if size == "this size":
        return f"about {needed} would decide a difference of this size"
    return f"a closer call needs about {needed}"
