"""So many new users of a candidate as its step takes, and no more. Pure."""

from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True, slots=True)
class Room:
    """How many new users of the candidate a step takes, and how many were counted at a look.

    `most` is None in a step that takes any number.
    """

    step: int
    most: int | None
    counted: int


@dataclass(slots=True)
class Newcomers:
    """The users whom this server brought to the candidate of a rollout.

    A look counts who came some time after. Until then they are counted here, so that one server
    never brings more than the step takes; of what others bring it knows what was counted. Whoever
    came `settled_s` ago is counted by now, or never will be: another server had brought them in an
    earlier step.
    """

    settled_s: float
    _users: set[str] = field(default_factory=set[str])
    _step: int = -1
    _base: int = 0
    _new: int = 0
    _last: float = -inf

    def may_come(self, user: str, room: Room, now: float) -> bool:
        """Whether a user may take part, whichever arm that is; who was brought before may."""
        if room.step != self._step or now >= self._last + self.settled_s:
            self._step, self._base, self._new = room.step, room.counted, 0
        here = max(room.counted, self._base + self._new)
        return user in self._users or room.most is None or here < room.most

    def came(self, user: str, now: float) -> None:
        """A user is brought to the candidate."""
        if user not in self._users:
            self._users.add(user)
            self._new += 1
            self._last = now
