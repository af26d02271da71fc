"""Ids that several cases of a file would have: found where a first look at it suspects some."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from genaiops.datasets.identity import Identities
from genaiops.datasets.written import Entry, WrittenCase
from genaiops.errors import Fault


@dataclass(frozen=True, slots=True)
class Doubles:
    """The faults and warnings of ids; `repeated` are those made of inputs that several have."""

    repeated: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Suspects:
    """Ids by their hashes; what is made of a suspect for the next case of its inputs is one."""

    hashes: frozenset[int]

    def __contains__(self, case_id: object) -> bool:
        base, dash, _ = str(case_id).rpartition("-")
        return hash(case_id) in self.hashes or (dash == "-" and hash(base) in self.hashes)


@dataclass(slots=True)
class _Search:
    """The lines of the suspects, and what is wrong with them."""

    shown: str
    suspects: _Suspects
    identities: Identities = field(init=False)
    lines: dict[str, int] = field(default_factory=dict[str, int])
    faults: list[Fault] = field(default_factory=list[Fault])

    def __post_init__(self) -> None:
        self.identities = Identities(self.suspects)

    def take(self, written: WrittenCase) -> None:
        case_id = self.identities.id_of(written)
        if case_id not in self.suspects:
            return
        if case_id not in self.lines:
            self.lines[case_id] = written.line
            return
        first = self.lines[case_id]
        message = f"the case id {case_id!r} stands twice (first on line {first})"
        self.faults.append(Fault(self.shown, written.line, 1, message))

    def warnings(self) -> tuple[Fault, ...]:
        """One of all cases whose inputs are those of an earlier one."""
        repeated = self.identities.repeated
        if not repeated:
            return ()
        line, first = min((self.lines[f"{made}-2"], made) for made in repeated)
        message = (
            f"has the inputs of line {self.lines[first]} again, and is the case {first}-2 (such "
            f"rows in the file: {self.identities.repeats}); an id tells them apart"
        )
        return (Fault(self.shown, line, 1, message, "warning"),)


def find_doubles(
    entries: Iterable[Entry], shown: str, suspected: frozenset[int], *, most: int
) -> Doubles:
    """Look at the ids whose hashes are suspected.

    Args:
        entries: Of the whole file, once more.
        shown: The file's name in messages.
        suspected: The hashes of ids, without the numbers of those made of inputs.
        most: The faults after which it is enough.
    """
    search = _Search(shown, _Suspects(suspected))
    for entry in entries:
        if isinstance(entry, WrittenCase):
            search.take(entry)
            if len(search.faults) >= most:
                break
    return Doubles(search.identities.repeated, tuple(search.faults), search.warnings())
