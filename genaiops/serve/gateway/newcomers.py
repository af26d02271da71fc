"""So many new users of a candidate as its step takes, and no more. Pure."""

from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True, slots=True)
class Room:
    """How many new users of the candidate a step takes, and how many were counted at a look.

    `most` is None in a step that takes any number, `looked_at` are the seconds of the clock by
    which the last look was committed.
    """

    step: int
    most: int | None
    counted: int
    looked_at: float


@dataclass(slots=True)
class Newcomers:
    """The users whom this server brought to the candidate of a rollout.

    A look counts who came some time after. Until then they are counted here, so that one server
    never brings more than the step takes; of what others bring it knows what was counted. Whoever
    came `settled_s` before a look is counted by it, or never will be: another server had brought
    them in an earlier step. Where nobody looks nobody gives room back.
    """

    settled_s: float
    _users: set[str] = field(default_factory=set[str])
    _step: int = -1
    _base: int = 0
    _new: int = 0
    _last: float = -inf
    _looked_at: float = inf

    def may_come(self, user: str, room: Room, now: float) -> bool:
        """Whether a user may take part, whichever arm that is; who was brought before may."""
        self._looked_at = min(self._looked_at, room.looked_at)  # a clock may be put back
        was_looked = room.looked_at >= self._looked_at + self.settled_s
        if room.step != self._step or (was_looked and now >= self._last + self.settled_s):
            self._step, self._base, self._new = room.step, room.counted, 0
        here = max(room.counted, self._base + self._new)
        return user in self._users or room.most is None or here < room.most

    def came(self, user: str, room: Room, now: float) -> None:
        """A user is brought to the candidate."""
        if user not in self._users:
            self._users.add(user)
            self._new += 1
            self._last, self._looked_at = now, room.looked_at
