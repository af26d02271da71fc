"""Who gets which arm: by a hash, so that the same user always gets the same one."""

from hashlib import blake2b

from genaiops.records.rollouts import Arm

_BITS = 53
"""Of the 64 of the hash: as many as a float holds exactly."""


def bucket(salt: str, user: str) -> float:
    """A number in [0, 1) that a salt and a user always have; over users it is uniform."""
    hashed = blake2b(f"{salt}:{user}".encode(), digest_size=8).digest()
    return (int.from_bytes(hashed) >> (64 - _BITS)) / 2**_BITS


def arm_of(salt: str, user: str, weight: float) -> Arm:
    """The arm of a user where the candidate has the share `weight` of all, in [0, 1].

    A weight that rises brings users to the candidate and none back to stable.
    """
    return "candidate" if bucket(salt, user) < weight else "stable"


def is_sampled(salt: str, user: str, metric: str, share: float) -> bool:
    """Whether a metric scores this user: a draw of its own, so that it tells nothing of the arm."""
    return bucket(f"{salt}:{metric}", user) < share
