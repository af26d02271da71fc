"""What is assumed of the traffic of a rollout before it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genaiops.specs.rollout import RELATIVE

_ERRORS = 0.005
_RELATIVE = 0.05
_OTHERS = 0.1


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests, how many of them are of users that were not seen before, and stable's bad share.

    Args:
        requests_per_min: of both arms together, above 0.
        new_users: the share of requests that are a user's first, in (0, 1].
        bad: by metric, the share of users of stable with a bad event, or their mean badness, in
            (0, 1); where it says nothing .5% of errors, 5% of latency and cost, 10% of others.
        measured_s: over how long it was measured until now; None: somebody says so.
    """

    requests_per_min: float
    new_users: float = 1.0
    bad: Mapping[str, float] = field(default_factory=dict[str, float])
    measured_s: float | None = None

    @property
    def users_per_s(self) -> float:
        """New users of both arms together."""
        return self.requests_per_min * self.new_users / 60

    def bad_share(self, metric: str) -> float:
        """What is assumed of stable by a metric."""
        if metric in self.bad:
            return self.bad[metric]
        if metric == "errors":
            return _ERRORS
        return _RELATIVE if metric in RELATIVE else _OTHERS
