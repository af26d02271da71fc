"""How many requests run at once: one too many is told so at once, and none waits in a queue."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from genaiops.errors import Refused

_RETRY_AFTER_S = 1


class Capacity:
    """Places of the whole server, and of each token among them."""

    def __init__(self, total: int, per_token: int) -> None:
        self._total = total
        self._per_token = per_token
        self._taken: Counter[str] = Counter()

    @property
    def running(self) -> int:
        """How many places are taken."""
        return self._taken.total()

    @property
    def used(self) -> float:
        """The share of the places that is taken."""
        return self.running / self._total

    @contextmanager
    def place(self, name: str) -> Generator[None]:
        """Take a place for a token, as long as this is open.

        Raises:
            Refused: there is none.
        """
        if self._taken[name] >= self._per_token:
            told = f"{self._per_token} requests of this token run already"
            raise Refused(429, "rate_limit_exceeded", told, retry_after_s=_RETRY_AFTER_S)
        if self.running >= self._total:
            told = "the server is busy"
            raise Refused(503, "overloaded", told, retry_after_s=_RETRY_AFTER_S)
        self._taken[name] += 1
        try:
            yield
        finally:
            self._taken[name] -= 1
            if not self._taken[name]:
                del self._taken[name]
