"""Users that were seen, each in few bytes."""

from dataclasses import dataclass, field
from hashlib import blake2b

_BYTES = 7
"""Of a hash: a million users have two of the same with a chance below 1 in 100,000."""


@dataclass(frozen=True, slots=True)
class Users:
    """A set of users, of each of whom only a hash is kept."""

    _hashes: set[int] = field(default_factory=set[int])

    def __contains__(self, user: str) -> bool:
        return _hash(user) in self._hashes

    def add(self, user: str) -> None:
        """One more user, or one who is there already."""
        self._hashes.add(_hash(user))


def _hash(user: str) -> int:
    return int.from_bytes(blake2b(user.encode(), digest_size=_BYTES).digest())
