"""The traffic of a flow, as its servers recorded it lately."""

from genaiops.project.rollout_home import read_live
from genaiops.project.session import Session
from genaiops.rollout.traffic import Traffic

_HOUR_S, _DAY_S, _WEEK_S = 3600.0, 86400.0, 604800.0
_LEAST = 100
_MOST_READ = 200_000
"""Where a day has more runs than that, the last hour tells enough."""


def measured_traffic(session: Session, flow: str) -> Traffic | None:
    """Requests and new users of the last day; of the last week where a day has too few.

    A user is new once in that time, as in a rollout that would have begun with it. None: fewer than
    a hundred requests, or less than an hour, are recorded.

    Raises:
        StoreError: what was recorded cannot be read.
    """
    now = session.clock().timestamp()
    with read_live(session) as live:
        first = live.first_at()
        if first is None:
            return None
        is_busy = live.count(now - _DAY_S) > _MOST_READ
        for lasts_s in (_HOUR_S,) if is_busy else (_DAY_S, _WEEK_S):
            lasted_s = min(lasts_s, now - first)
            requests, users = live.traffic(flow, now - lasted_s)
            if requests >= _LEAST and lasted_s >= _HOUR_S:
                per_min = _rounded(60 * requests / lasted_s)
                return Traffic(per_min, _rounded(users / requests), measured_s=lasted_s)
    return None


def _rounded(value: float) -> float:
    """Two digits are as much as some hundred requests tell."""
    return float(f"{value:.2g}")
