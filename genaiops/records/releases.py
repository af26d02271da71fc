"""Releases: what is released, what was proven of it, and who did what with it."""

from typing import Literal

from genaiops.digests import digest
from genaiops.records.record import Record
from genaiops.records.verdicts import Decision

Stage = Literal["staging", "production"]
Deed = Literal["created", "approved", "promoted", "rolled back", "rolled out", "pruned"]

_SHOWN = 12


class Evidence(Record):
    """What an evaluation proved of a release.

    `scores` is the sha256 of the scores of the run, which the shelf keeps; `decision` is what the
    gates of the release made of them. `of_runs` counts the finished runs of the same inputs, of
    which this is the newest: more than one were drawn before one was taken.
    """

    eval: str
    run: str
    scores: str
    decision: Decision
    of_runs: int = 1


class Release(Record):
    """A flow with all that its answers depend on, by digest, and its evidence.

    `files` has the sha256 of each file by its path from the project root, and `held` the same of
    the files of index versions; the shelf keeps both. `parts` are the digests of models, prompts,
    code and indexes as runs of the flow carry them. `indexes` are the versions of its indexes, and
    `packages` the versions of what is installed. `evals` are the evaluations that have to pass, and
    `left_out` those of the flow that were not asked.
    """

    flow: str
    files: dict[str, str]
    parts: dict[str, str]
    indexes: dict[str, str] = {}
    packages: dict[str, str]
    evals: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    held: dict[str, str] = {}
    evidence: tuple[Evidence, ...] = ()

    @property
    def id(self) -> str:
        """Twelve digits of a digest: the same inputs, the same id.

        It covers no evidence, and of an index the version, whose files tell when it was built.
        """
        return digest(self.model_dump(mode="json", exclude={"evidence", "held"}))[:_SHOWN]


class ReleaseEvent(Record):
    """Something that somebody did with a release.

    `bundle` is the digest of the release with the evidence that it had then. `roles` are those in
    which it was approved, or those that had to approve what was promoted. `replaced` is the release
    that stood in the stage before, and `revision` the commit that was checked out when it was
    created. "rolled out" is an event of a rollout: its number `rollout_event` in the `rollout`, and
    the candidate's share of users from then on. "pruned" says that its files were removed.
    """

    deed: Deed
    flow: str
    release: str
    bundle: str
    stage: Stage | None = None
    roles: tuple[str, ...] = ()
    replaced: str | None = None
    revision: str | None = None
    reason: str | None = None
    rollout: str | None = None
    rollout_event: int | None = None
    weight: float | None = None


class AuditRecord(Record):
    """A link of the audit chain.

    `generation` counts from 1, `previous` is the hash of the record before, and `hash` the sha256
    of this one without it. `by` is who says to have done it; nothing proves that.
    """

    generation: int
    at: str
    by: str
    event: ReleaseEvent
    previous: str
    hash: str
