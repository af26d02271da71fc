"""What a gate against a baseline says, in each of the three words."""

from dataclasses import dataclass

from genaiops.gates.finding import Comparison, Sentences
from genaiops.gates.pairs import Pairs
from genaiops.gates.remedies import missing_text
from genaiops.records import Unstable


@dataclass(frozen=True, slots=True)
class Shown:
    """What a test showed of a change.

    `allowed` is the margin in words, None where it is 0. `is_reached` says that the observed drop
    is as large as that.
    """

    allowed: str | None
    is_improved: bool
    is_drop: bool
    is_reached: bool


def drop_sentences(
    pairs: Pairs, shown: Shown, compared: Comparison, unstable: Unstable | None
) -> Sentences:
    """The sentences of a gate: what changed, what that proves, and what is missing."""
    changes, missing = _changes(pairs, compared, unstable), missing_text(pairs.incomplete)
    drop = pairs.drop
    return Sentences(
        passed=f"{changes} {_passed(drop, shown)}{missing}",
        failed=f"{changes} {_failed(drop, shown)}{missing}",
        undecided=f"{changes} {_undecided(drop, shown)}{missing}",
    )


def _changes(pairs: Pairs, compared: Comparison, unstable: Unstable | None) -> str:
    better, worse = ("fixed", "broken") if pairs.candidate.info.binary else ("better", "worse")
    told = f"{compared.improved} {better}, {compared.worsened} {worse}"
    if unstable is None or not unstable.worsened:
        return f"{told}."
    return f"{told}, {unstable.worsened} of those unstable."


def _passed(drop: str, shown: Shown) -> str:
    if shown.allowed is None or shown.is_improved:
        return "An improvement is proven."
    ruled_out = f"{drop} of {shown.allowed} or more is ruled out."
    return f"A {drop} is proven, but a {ruled_out}" if shown.is_drop else f"A {ruled_out}"


def _failed(drop: str, shown: Shown) -> str:
    if shown.allowed is None or shown.is_reached:
        return f"A {drop} is proven."
    return f"A {drop} is proven, and one of over {shown.allowed} is possible."


def _undecided(drop: str, shown: Shown) -> str:
    if shown.is_drop:
        return f"A {drop} is likely, but not proven among all gates and slices."
    if shown.allowed is None:
        return "No improvement is proven."
    return f"A {drop} of over {shown.allowed} is still possible."
