"""How well metrics agree with people on public data, as it was measured and is written down."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from genaiops.errors import InputError

FILE = "agreement.json"
"""Stands beside this module; `python benchmarks/metrics.py --write` writes it."""

_WANTED = re.compile(r"([≥≤]) (-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One measured figure of a metric: a row of the agreement table.

    Raises:
        InputError: `wanted` has another form than "≥ 0.9" or "≤ 0.02".
    """

    metric: str
    """Its name as in an evaluation, with the tier where it has several: groundedness (embedder)."""
    data: str
    """Which data set, and which part of it."""
    measure: str
    """What was computed, in the unit that it has: AUROC, Spearman, recall of cards, ms a case."""
    n: int
    """Items that the figure is of."""
    value: float
    low: float | None
    """Where the interval of 95% begins; None for what is no estimate, as a reproduced figure."""
    high: float | None
    wanted: str | None = None
    """What it should reach: "≥ 0.9" or "≤ 0.02"."""
    note: str = ""
    """What else a reader has to know, such as what was trained on; one line."""

    def __post_init__(self) -> None:
        if self.wanted is not None and not _WANTED.fullmatch(self.wanted):
            raise InputError(f"wanted is written as '≥ 0.9' or '≤ 0.02', not {self.wanted!r}")

    @property
    def is_reached(self) -> bool | None:
        """Whether the value is what was wanted; None where nothing was."""
        if self.wanted is None:
            return None
        sign, bound = self.wanted.split()
        return self.value >= float(bound) if sign == "≥" else self.value <= float(bound)

    @property
    def of_metric(self) -> str:
        """The metric's name without its tier."""
        return self.metric.partition(" ")[0]

    @property
    def shown(self) -> str:
        """The value with its interval: 0.912 [0.884, 0.937]."""
        if self.low is None or self.high is None:
            return _digits(self.value)
        return f"{_digits(self.value)} [{_digits(self.low)}, {_digits(self.high)}]"


@cache
def measured() -> Mapping[str, tuple[Agreement, ...]]:
    """All that was measured, by the part of the benchmark that did it."""
    return read_measured(files("genaiops.metrics").joinpath(FILE).read_text("utf-8"))


def agreement_of(metric: str) -> tuple[Agreement, ...]:
    """What was measured of a metric, of all its tiers."""
    return tuple(row for rows in measured().values() for row in rows if row.of_metric == metric)


def read_measured(text: str) -> dict[str, tuple[Agreement, ...]]:
    """The rows of each part, as `written_measured` writes them."""
    return {
        part: tuple(Agreement(**row) for row in rows) for part, rows in json.loads(text).items()
    }


def written_measured(parts: Mapping[str, tuple[Agreement, ...]]) -> str:
    """JSON with a line for each row, so that a change is seen as what it is."""
    told = [
        f"{json.dumps(part)}: [\n" + ",\n".join(_line(row) for row in rows) + "\n]"
        for part, rows in sorted(parts.items())
    ]
    return "{\n" + ",\n".join(told) + "\n}\n"


def _digits(value: float) -> str:
    """Four digits, and no more than three behind the point."""
    return f"{round(value, 3):.4g}"


def _line(row: Agreement) -> str:
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in values.items()}
    said = {k: v for k, v in rounded.items() if v != "" and (v is not None or k in {"low", "high"})}
    return json.dumps(said, ensure_ascii=False)
