"""What is usual of stable: the limit of latency and cost, fixed before it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from genaiops.stats.quantiles import estimate_quantile

WINDOW_S = 600.0
LEAST = 100
_ALPHA = 0.05


@dataclass(slots=True)
class Usual:
    """Stable's own quantile in the window before, times a slack.

    A window is ten minutes long, or longer until it holds a hundred requests of stable. The limit
    of a request is known before the request is, so that no arm can shift it for itself. Before the
    first window is over it is that of what stable answered before, to `begin` with; where that was
    too little there is none, and nothing is told.
    """

    quantile: float
    slack: float
    limit: float | None = None
    _began: float | None = None
    _values: list[float] = field(default_factory=list[float])

    def begin(self, values: Sequence[float]) -> None:
        """Take what stable took before anything is added; less than a hundred tell nothing."""
        if len(values) >= LEAST:
            self.limit = self._limit_of(values)

    def add(self, value: float, at: float) -> None:
        """Take the latency or the cost of a request that stable answered, in order of time."""
        if self._began is None or at < self._began - WINDOW_S:  # a clock was put back
            self._began = at
        if at >= self._began + WINDOW_S and len(self._values) >= LEAST:
            self.limit = self._limit_of(self._values)
            self._began, self._values = at, []
        self._values.append(value)

    def badness(self, value: float) -> float | None:
        """Whether a request of either arm is a bad event, 0 or 1; None before there is a limit."""
        return None if self.limit is None else float(value > self.limit)

    def _limit_of(self, values: Sequence[float]) -> float | None:
        seen = estimate_quantile(values, quantile=self.quantile, alpha=_ALPHA).value
        return None if seen is None else seen * self.slack
