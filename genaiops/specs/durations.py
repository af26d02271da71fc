"""Lengths of time as people write them: 30s, 10m, 2h, 7d."""

from typing import Annotated

from pydantic import StringConstraints

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

Duration = Annotated[str, StringConstraints(pattern=r"^\d{1,5}[smhd]$")]
"""A whole number with its unit: seconds, minutes, hours or days."""


def duration_s(written: str) -> float:
    """The seconds of a duration that was validated."""
    return float(int(written[:-1]) * _SECONDS[written[-1]])
