"""What the audit chain says of releases: which there are, where they stand, who approved. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.records.releases import AuditRecord, ReleaseEvent, Stage

LAST = "last"
"""What stands for the newest release."""

Bundles = Mapping[str, Collection[str]]
"""Digests of bundles by the id of their release."""
_MOVES = frozenset({"promoted", "rolled back"})


@dataclass(frozen=True, slots=True)
class History:
    """The records of the chain, from the first to the last."""

    records: Sequence[AuditRecord]

    def created(self) -> dict[str, AuditRecord]:
        """Each release that is there by its id, with the record that gave it its evidence.

        The newest is the last.
        """
        found: dict[str, AuditRecord] = {}
        for record in self.records:
            if record.event.deed == "created":
                found.pop(record.event.release, None)
                found[record.event.release] = record
            elif record.event.deed == "pruned":
                found.pop(record.event.release, None)
        return found

    def bundles(self) -> tuple[Bundles, Bundles]:
        """What each release was created as, of those that are there, and of those that were pruned.

        It is more than one bundle where there was more evidence later on.
        """
        there: dict[str, set[str]] = {}
        gone: dict[str, set[str]] = {}
        for event in (record.event for record in self.records):
            if event.deed == "created":
                there.setdefault(event.release, set()).add(event.bundle)
            elif event.deed == "pruned":
                gone.setdefault(event.release, set()).update(there.pop(event.release, ()))
        return there, gone

    def find(self, reference: str) -> AuditRecord:
        """The record that created a release.

        It is named by its id, a beginning of it that only it has, its flow (the newest of it), or
        as `last`.

        Raises:
            InputError: there is none, or there are several.
        """
        known = self.created()
        newest = list(reversed(known.values()))
        for record in newest:
            if reference in (LAST, record.event.flow, record.event.release):
                return record
        found = [each for each in newest if reference and each.event.release.startswith(reference)]
        if len(found) > 1:
            several = ", ".join(record.event.release for record in found)
            raise InputError(f"release {reference!r} may be any of {several}: write more of its id")
        if not found:
            flows = dict.fromkeys(record.event.flow for record in newest)
            raise InputError.unknown(
                "release", reference, [*flows, *reversed(known)], in_order=True
            )
        return found[0]

    def flows(self) -> tuple[str, ...]:
        """The flows of which there are releases, sorted."""
        made = (each.event for each in self.records if each.event.deed != "rolled out")
        return tuple(sorted({event.flow for event in made}))

    def moved_since(self, flow: str, stage: Stage | None, number: int) -> AuditRecord | None:
        """The last move of a flow's releases in a stage after a record; None where none was."""
        for record in reversed(self.records):
            if record.generation <= number:
                return None
            event = record.event
            if event.deed in _MOVES and (event.flow, event.stage) == (flow, stage):
                return record
        return None

    def standing(self, flow: str, stage: Stage) -> ReleaseEvent | None:
        """What put the release into a stage that stands there; None where none ever did."""
        stood = self.stood(flow, stage)
        return stood[-1] if stood else None

    def stood(self, flow: str, stage: Stage) -> Sequence[ReleaseEvent]:
        """The releases that can be rolled back to, and at the end the one that stands.

        What was rolled back is not among them: going back twice goes back further.
        """
        stack: list[ReleaseEvent] = []
        for event in self._moves(flow, stage):
            if event.deed == "pruned":
                stack = [each for each in stack if each.release != event.release]
                continue
            places = [n for n, each in enumerate(stack) if each.release == event.release]
            if event.deed == "rolled back" and places:
                del stack[places[-1] + 1 :]
            elif stack and stack[-1].release == event.release:
                stack[-1] = event  # promoted once more, on newer evidence
            else:
                stack.append(event)
        return stack

    def last_in(self, release: str, stage: Stage) -> ReleaseEvent | None:
        """What put a release into a stage, the last time; None where it never stood there."""
        own = (each.event for each in reversed(self.records) if each.event.release == release)
        for event in own:
            if event.deed == "pruned":
                return None
            if event.deed in _MOVES and event.stage == stage:
                return event
        return None

    def waiting(self, flow: str, stage: Stage) -> frozenset[str]:
        """The releases that were approved for a stage since one was promoted there."""
        found: set[str] = set()
        for event in (record.event for record in self.records):
            if (event.flow, event.stage) != (flow, stage):
                continue
            if event.deed == "approved":
                found.add(event.release)
            elif event.deed == "promoted":
                found.clear()
        return frozenset(found)

    def has_rolled_out(self, rollout: str, number: int) -> bool:
        """Whether an event of a rollout stands in the chain."""
        wanted = ("rolled out", rollout, number)
        return any(
            (record.event.deed, record.event.rollout, record.event.rollout_event) == wanted
            for record in self.records
        )

    def creators(self, release: str) -> frozenset[str]:
        """Everybody who created a release."""
        return frozenset(
            record.by
            for record in self.records
            if (record.event.deed, record.event.release) == ("created", release)
        )

    def approvals(self, bundle: str, stage: Stage) -> Sequence[AuditRecord]:
        """Who approved a release, with the evidence that it has, for a stage."""
        wanted = ("approved", bundle, stage)
        return [
            record
            for record in self.records
            if (record.event.deed, record.event.bundle, record.event.stage) == wanted
        ]

    def _moves(self, flow: str, stage: Stage) -> Iterator[ReleaseEvent]:
        """What came into a stage, and what was removed from the shelf, in order."""
        for record in self.records:
            event = record.event
            is_move = event.deed in _MOVES and event.stage == stage
            if event.flow == flow and (is_move or event.deed == "pruned"):
                yield event
