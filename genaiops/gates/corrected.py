"""P-values of fails, corrected for all the gates and slices that could fail by chance."""

from collections.abc import Callable, Sequence

from genaiops.gates.finding import Finding
from genaiops.stats import benjamini_hochberg_adjusted, holm_adjusted

Correction = Callable[[Sequence[float]], Sequence[float]]


def corrected(findings: Sequence[Finding], tested: int = 0) -> list[float | None]:
    """The p-values, in the order of the findings; None for what is observed and not inferred.

    Those of blocking gates and slices are corrected together by Holm's method, which keeps the
    chance of any wrong fail. Those of other slices are corrected by Benjamini and Hochberg's, which
    keeps the share of wrong ones among the fails; other gates stand for themselves.

    Args:
        findings: of all gates and slices that are judged now.
        tested: how many blocking ones are tested at one look or another; those that are not tested
            yet count like p-values of 1.
    """
    p_values = [finding.p_fail for finding in findings]
    blocking = [each.gate.tier == "blocking" for each in findings]
    shown = [each.slice is not None and each.gate.tier != "blocking" for each in findings]
    _correct(p_values, blocking, lambda known: _holm_among(known, tested))
    _correct(p_values, shown, benjamini_hochberg_adjusted)
    return p_values


def _holm_among(p_values: Sequence[float], tested: int) -> Sequence[float]:
    untested = [1.0] * max(0, tested - len(p_values))
    return holm_adjusted([*p_values, *untested])[: len(p_values)]


def _correct(p_values: list[float | None], family: Sequence[bool], correction: Correction) -> None:
    """Put the corrected p-values of a family into their places."""
    known = [
        (place, p_value)
        for place, (p_value, is_one) in enumerate(zip(p_values, family, strict=True))
        if is_one and p_value is not None
    ]
    adjusted = correction([p_value for _, p_value in known])
    for (place, _), p_value in zip(known, adjusted, strict=True):
        p_values[place] = p_value
