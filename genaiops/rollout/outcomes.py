"""From requests to one outcome per user: what a look is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from genaiops.records.rollouts import Arm, Arrivals, Batch, ByArm, Events, Look, Scores
from genaiops.rollout.users import Users


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to.

    `user` is whatever is split (a hashed user or conversation), `weight` the candidate's share at
    which the request was split, and `arm` who answered. `met` has the badness of each metric that
    scores this user, in [0, 1], None where a score is missing; a metric of bad events has 0 or 1.
    """

    user: str
    arm: Arm
    weight: float
    at: float
    met: dict[str, float | None]


@dataclass(slots=True)
class Outcomes:
    """Gathers requests of exposed users, and gives each user once.

    A user counts in the arm, and at the weight, of the first request. What is met within `window_s`
    of it counts at its worst, in both arms when the window is over: an arm that answers late is
    not looked at earlier. Later requests count for nothing, and a user who changes the arm within
    the window (the weight rose) keeps what was met before.

    `graded` names the metrics that have scores instead of bad events.
    """

    graded: frozenset[str]
    window_s: float = 0.0
    _known: Users = field(default_factory=Users)
    _waiting: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    _order: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    _came: dict[float, ByArm] = field(default_factory=dict[float, ByArm])

    def knows(self, user: str) -> bool:
        """Whether a user came before, if only once."""
        return user in self._known

    def add(self, outcome: Outcome) -> None:
        """Take one request, later ones of a user after its first."""
        waiting = self._waiting.get(outcome.user)
        if waiting is not None:
            if outcome.arm == waiting.arm and outcome.at <= waiting.at + self.window_s:
                met = _worst(waiting.met, outcome.met)
                self._waiting[outcome.user] = replace(waiting, met=met)
            return
        if outcome.user in self._known:
            return
        self._known.add(outcome.user)
        self._waiting[outcome.user] = outcome
        heappush(self._order, (outcome.at, outcome.user))
        came = self._came.get(outcome.weight, ByArm())
        self._came[outcome.weight] = came + _one(outcome.arm)

    def look(self, now: float, trouble: str | None = None) -> Look:
        """Who came since the last look, and every outcome whose window is over."""
        closed: dict[float, list[Outcome]] = {}
        while self._order and self._order[0][0] + self.window_s <= now:
            waiting = self._waiting.pop(heappop(self._order)[1])
            closed.setdefault(waiting.weight, []).append(waiting)
        came, self._came = self._came, {}
        return Look(
            came=tuple(Arrivals(weight=weight, users=users) for weight, users in came.items()),
            batches=tuple(_batch(weight, users, self.graded) for weight, users in closed.items()),
            trouble=trouble,
        )


def shadow_look(
    pairs: Sequence[tuple[Outcome, Outcome]], graded: frozenset[str], trouble: str | None = None
) -> Look:
    """A look at requests that both arms answered, each of another user: (stable, candidate).

    A pair of scores that lacks one of the two is missing, once.
    """
    metrics = {metric for pair in pairs for each in pair for metric in each.met}
    events: dict[str, Events] = {}
    scores: dict[str, Scores] = {}
    for metric in sorted(metrics):
        met = [(stable.met.get(metric), ours.met.get(metric)) for stable, ours in pairs]
        whole = [(one, two) for one, two in met if one is not None and two is not None]
        missing = ByArm(candidate=len(met) - len(whole))
        by_arm: dict[Arm, list[float]] = {
            "stable": [one for one, _ in whole],
            "candidate": [two for _, two in whole],
        }
        if metric in graded:
            scores[metric] = _scores(by_arm, missing)
        else:
            events[metric] = _events(by_arm, missing)
    users = ByArm(stable=len(pairs), candidate=len(pairs))
    batch = Batch(weight=None, users=users, events=events, scores=scores)
    came = Arrivals(weight=None, users=ByArm(stable=len(pairs)))
    return Look(came=(came,), batches=(batch,), trouble=trouble)


def _batch(weight: float, users: Sequence[Outcome], graded: frozenset[str]) -> Batch:
    metrics = sorted({metric for user in users for metric in user.met})
    events: dict[str, Events] = {}
    scores: dict[str, Scores] = {}
    for metric in metrics:
        by_arm: dict[Arm, list[float]] = {"stable": [], "candidate": []}
        missing = ByArm()
        for user in users:
            if metric in user.met and (value := user.met[metric]) is not None:
                by_arm[user.arm].append(value)
            elif metric in user.met:
                missing += _one(user.arm)
        if metric in graded:
            scores[metric] = _scores(by_arm, missing)
        else:
            events[metric] = _events(by_arm, missing)
    came = sum((_one(user.arm) for user in users), ByArm())
    return Batch(weight=weight, users=came, events=events, scores=scores)


def _events(by_arm: Mapping[Arm, Sequence[float]], missing: ByArm) -> Events:
    bad = {arm: sum(value > 0 for value in values) for arm, values in by_arm.items()}
    fine = {arm: len(values) - bad[arm] for arm, values in by_arm.items()}
    return Events(bad=ByArm(**bad), fine=ByArm(**fine), missing=missing)


def _scores(by_arm: Mapping[Arm, Sequence[float]], missing: ByArm) -> Scores:
    return Scores(
        stable=tuple(by_arm["stable"]), candidate=tuple(by_arm["candidate"]), missing=missing
    )


def _one(arm: Arm) -> ByArm:
    return ByArm(stable=1) if arm == "stable" else ByArm(candidate=1)


def _worst(
    one: Mapping[str, float | None], other: Mapping[str, float | None]
) -> dict[str, float | None]:
    """The worst of both by each metric; what is missing in either is missing."""
    worst: dict[str, float | None] = {}
    for metric in {**one, **other}:
        values = [met[metric] for met in (one, other) if metric in met]
        known = [value for value in values if value is not None]
        worst[metric] = max(known) if len(known) == len(values) else None
    return worst
