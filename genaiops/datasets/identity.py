"""The ids of cases: as written, else by a digest of the inputs. Pure."""

from collections import Counter
from collections.abc import Container

from genaiops.datasets.written import WrittenCase
from genaiops.digests import digest
from genaiops.records import Case

_DIGITS = 12


class Identities:
    """Gives each written case its id, in the order of the file.

    Cases without an id that have the same inputs are numbered: `3f0c…`, `3f0c…-2`. `counted` are
    the digests that this is known to happen to; None counts all, to find them.
    """

    def __init__(self, counted: Container[str] | None = None) -> None:
        self._counted = counted
        self._seen: Counter[str] = Counter()

    def case(self, written: WrittenCase) -> Case:
        """The case with its id."""
        return Case(
            id=self.id_of(written),
            inputs=written.inputs,
            expected=written.expected,
            tags=written.tags,
            cluster=written.cluster,
        )

    def id_of(self, written: WrittenCase) -> str:
        """The id of the next case."""
        return written.id if written.id is not None else self._made(written)

    @property
    def repeated(self) -> frozenset[str]:
        """The digests that several cases have."""
        return frozenset(made for made, times in self._seen.items() if times > 1)

    @property
    def repeats(self) -> int:
        """How many cases have the digest of an earlier one."""
        return self._seen.total() - len(self._seen)

    def _made(self, written: WrittenCase) -> str:
        made = digest(written.inputs)[:_DIGITS]
        if self._counted is not None and made not in self._counted:
            return made
        self._seen[made] += 1
        times = self._seen[made]
        return made if times == 1 else f"{made}-{times}"
