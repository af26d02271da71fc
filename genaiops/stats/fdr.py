"""Many tests to report: how many of the findings may be false."""

from collections.abc import Sequence
from math import exp, inf, log


def benjamini_hochberg_adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Step-up adjusted p-values, in the order given.

    Reporting where the adjusted value is at most q keeps the expected share of false ones among
    those reported at q, for tests that are independent or depend positively on each other.

    Source: Benjamini & Hochberg (1995), JRSS B 57, 289-300.
    """
    return _step_up([log(p) if p > 0 else -inf for p in p_values])


def e_bh_adjusted(log_e_values: Sequence[float]) -> tuple[float, ...]:
    """The same from logarithms of e-values (`EProcess.log_e`), however they depend on each other.

    Reporting where the adjusted value is at most q reports the k largest e-values with the k-th at
    least K / (q k).

    Source: Wang & Ramdas (2022), JRSS B 84, 822-852.
    """
    return _step_up([-log_e for log_e in log_e_values])


def _step_up(log_p_values: Sequence[float]) -> tuple[float, ...]:
    order = sorted(range(len(log_p_values)), key=log_p_values.__getitem__, reverse=True)
    adjusted = [1.0] * len(log_p_values)
    least = 0.0
    for rank, position in zip(range(len(order), 0, -1), order, strict=True):
        least = min(least, log_p_values[position] + log(len(order) / rank))
        adjusted[position] = exp(least)
    return tuple(adjusted)
