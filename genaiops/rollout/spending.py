"""What a candidate cost lately, held against its budget. Pure."""

from collections import deque
from dataclasses import dataclass, field
from math import ceil

from genaiops.specs.rollout import BudgetSpec

_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3600.0, 86400.0


@dataclass(slots=True)
class Spending:
    """Costs of the last day, those of a minute as one that was paid at its end."""

    _paid: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])

    def pay(self, at: float, usd: float) -> None:
        """Add a cost; what is older than a day is forgotten."""
        minute = ceil(at / _MINUTE_S) * _MINUTE_S
        if usd > 0 and self._paid and self._paid[-1][0] >= minute:
            last, paid = self._paid.pop()
            self._paid.append((last, paid + usd))
        elif usd > 0:
            self._paid.append((minute, usd))
        while self._paid and self._paid[0][0] <= at - _DAY_S:
            self._paid.popleft()

    def excess(self, budget: BudgetSpec, now: float) -> str | None:
        """Which budget is used up, in words; None while there is some left."""
        limits = (
            ("an hour", budget.usd_per_hour, _HOUR_S),
            ("a day", budget.usd_per_day, _DAY_S),
        )
        for word, limit, lasts_s in limits:
            if limit is None:
                continue
            paid = sum(usd for at, usd in self._paid if at > now - lasts_s)
            if paid >= limit:
                return f"its budget of ${limit:.4g} {word} is used up"
        return None
