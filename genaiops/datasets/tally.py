"""Which texts of very many came twice, and how many there are, at eight bytes a text. Pure."""

from array import array
from itertools import pairwise


class Tally:
    """Takes texts and holds their hashes.

    Two texts may share one of 2**64 hashes, so `repeated` are suspects: a text whose hash is not
    among them came once.
    """

    def __init__(self) -> None:
        self._hashes = array("q")

    def add(self, text: str) -> None:
        """Take a text."""
        self._hashes.append(hash(text))

    def __len__(self) -> int:
        """How many texts were taken."""
        return len(self._hashes)

    @property
    def repeated(self) -> frozenset[int]:
        """The hashes that came more than once."""
        in_order = sorted(self._hashes)
        return frozenset(one for one, other in pairwise(in_order) if one == other)

    @property
    def distinct(self) -> int:
        """How many different hashes came."""
        in_order = sorted(self._hashes)
        return bool(in_order) + sum(one != other for one, other in pairwise(in_order))
