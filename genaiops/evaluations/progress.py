"""How far an evaluation is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from genaiops.errors import Again
from genaiops.evaluations.total import Total
from genaiops.records import CaseResult, Usage


@dataclass(slots=True)
class Progress:
    """What is done so far, in cases times repeats."""

    planned: int
    scored: int = 0
    errored: int = 0
    skipped: int = 0
    made_again: Counter[Again] = field(default_factory=Counter[Again])
    _total: Total = field(default_factory=Total)
    _judging: Total = field(default_factory=Total)

    @property
    def done(self) -> int:
        """How many have their final result."""
        return self.scored + self.errored + self.skipped

    def take(self, result: CaseResult) -> None:
        """Count a final result."""
        setattr(self, result.status, getattr(self, result.status) + 1)
        self._total.add(result.usage)
        self._judging.add(result.judging)
        self.made_again.update(result.made_again)

    def skip_rest(self) -> None:
        """Count what has no result as skipped."""
        self.skipped += self.planned - self.done

    @property
    def usage(self) -> Usage:
        """What the cases that are done used."""
        return self._total.usage

    @property
    def known_cost_usd(self) -> float:
        """What is known of their cost so far, judges included."""
        return (self.usage.cost_usd or 0.0) + (self.judging.cost_usd or 0.0)

    @property
    def judging(self) -> Usage:
        """What the models used that the metrics of the cases that are done asked."""
        return self._judging.usage


OnProgress = Callable[[Progress], None]
