"""Where what a report tells of is written, and how it can be had again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genaiops.records import Verdict


@dataclass(frozen=True, slots=True)
class Site:
    """A line, counted from 1, of a file by its path from the root of the repository."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The files behind a decision.

    `gates` has the line of each gate by its text. `changed` are the files that are not what they
    were for the baseline, those first that decide answers most directly. `command` makes the same
    decision on another machine. `page` is where the page of the run can be seen, and `job` the job
    that made it, if anywhere.
    """

    evaluation: Site
    gates: Mapping[str, Site] = field(default_factory=dict[str, Site])
    changed: tuple[Site, ...] = ()
    command: str | None = None
    page: str | None = None
    job: str | None = None

    def gate(self, verdict: Verdict) -> Site:
        """The line of the gate that said this; the evaluation where another commit's gate did."""
        return self.gates.get(verdict.gate, self.evaluation)

    def fault(self, verdict: Verdict) -> Site:
        """The line to look at first: what changed since the baseline, else the gate."""
        if verdict.difference is not None and self.changed:
            return self.changed[0]
        return self.gate(verdict)
