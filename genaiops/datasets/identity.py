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
    the digests that this may happen to; others are not remembered.
    """

    def __init__(self, counted: Container[str]) -> None:
        self._counted = counted
        self._seen: Counter[str] = Counter()

    def case(self, written: WrittenCase) -> Case:
        """The case with its id; a default that is not named takes less, and many are held."""
        case_id = self.id_of(written)
        if not written.tags and written.cluster is None:
            return Case(id=case_id, inputs=written.inputs, expected=written.expected)
        return Case(
            id=case_id,
            inputs=written.inputs,
            expected=written.expected,
            tags=written.tags,
            cluster=written.cluster,
        )

    def id_of(self, written: WrittenCase) -> str:
        """The id of the next case."""
        base = base_id(written)
        return base if written.id is not None else self._numbered(base)

    @property
    def repeated(self) -> frozenset[str]:
        """The digests that several cases have."""
        return frozenset(made for made, times in self._seen.items() if times > 1)

    @property
    def repeats(self) -> int:
        """How many cases have the digest of an earlier one."""
        return self._seen.total() - len(self._seen)

    def _numbered(self, made: str) -> str:
        if made not in self._counted:
            return made
        self._seen[made] += 1
        times = self._seen[made]
        return made if times == 1 else f"{made}-{times}"


def base_id(written: WrittenCase) -> str:
    """The id of a case before cases of the same inputs are told apart."""
    return written.id if written.id is not None else digest(written.inputs)[:_DIGITS]
