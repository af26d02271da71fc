"""What would decide a gate that is inconclusive."""

from genaiops.gates.finding import Remedy
from genaiops.text.quantities import counted


def remedy_of(needed: int | None, n: int, incomplete: int, obstacle: str) -> Remedy:
    """More cases, the missing scores, both, or nothing.

    Args:
        needed: cases that would decide if the scores that are there are typical; None if no number
            would.
        n: cases there are.
        incomplete: of them lack a score.
        obstacle: why no number of cases would do.
    """
    if incomplete and (incomplete == n or (needed is not None and needed <= n)):
        return score_first(incomplete)
    lead = f"{score_first(incomplete).text}, then " if incomplete else ""
    if needed is None:
        return Remedy(f"{lead}no number of cases would: {obstacle}")
    needed = max(needed, n + 1)
    return Remedy(f"{lead}about {counted(needed, 'case')}", needed)


def score_first(incomplete: int) -> Remedy:
    """Missing scores stand in the way."""
    return Remedy(f"score the {counted(incomplete, 'case')} with missing scores")


def missing_text(incomplete: int) -> str:
    """The sentence about missing scores, with a leading space; empty without any."""
    if not incomplete:
        return ""
    counts = "lacks a score and counts" if incomplete == 1 else "lack scores and count"
    return f" {counted(incomplete, 'case')} {counts} as the worst."
