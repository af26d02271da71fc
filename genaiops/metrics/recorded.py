"""Scores that somebody else gave."""

from genaiops.metrics.declare import metric


@metric(range=None)
def recorded(value: float) -> float:
    """The value that came with the answer or the case, such as a human rating, as it is."""
    return value
