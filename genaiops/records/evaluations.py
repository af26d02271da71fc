"""Whole evaluations: results of cases, and what gates and baselines keep of them."""

from typing import Literal

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import Again
from genaiops.records.calls import Usage
from genaiops.records.failures import Failure
from genaiops.records.record import Record
from genaiops.records.scores import MetricInfo, Score


class CaseResult(Record):
    """One case and one repeat: what came out, how it scored, or why it did not.

    `calls` is the digest of the keys of all model calls of the flow; `made_again` says of each
    further call that they took why it was made. `latency_s` is None where a batch answered one of
    them.
    """

    case_id: str
    repeat: int = 0
    status: Literal["scored", "errored", "skipped"]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    scores: dict[str, Score] = {}
    latency_s: float | None = 0.0
    usage: Usage = Usage()
    calls: str = ""
    made_again: tuple[Again, ...] = ()

    @property
    def judging(self) -> Usage:
        """What the models used that metrics asked."""
        used = (score.usage for score in self.scores.values() if score.usage is not None)
        return sum(used, Usage())


class Looks(Record):
    """How gates looked at a run before its end, as `gate --sequential` does.

    `made` looks saw `cases`, which are all that were run; those left out count as skipped. `end` is
    why there was no further look: the gates were `decided`, going on was `futile`, or no case was
    left (`whole`). `largest_cluster` and `tested`, how many blocking gates and slices can fail by
    chance, were known before the first look.
    """

    made: int
    cases: int
    end: Literal["decided", "futile", "whole"]
    largest_cluster: int = 1
    tested: int = 1


class EvalRun(Record):
    """One whole evaluation: the digests of all it used, and its counts.

    `digest` covers `digests`, seed and repeats: equal inputs give equal digests. planned = scored +
    errored + skipped, counted in cases times repeats. `made_again` counts the further calls that
    answers took, by the reason. `usage` is that of the flow, `judging` that of models which metrics
    asked. `id`, `started_at` (ISO 8601, UTC), `seconds` and `git_commit` tell
    of this one execution and are no part of a canonical report. `looks` is there where gates were
    looked at before the end, and `extended_from` where they were open at so many repeats.
    """

    id: str
    eval: str
    digest: str
    digests: dict[str, str]
    metrics: tuple[MetricInfo, ...]
    slices: tuple[str, ...] = ()
    variant: str | None = None
    models: tuple[str, ...] = ()
    seed: int = 0
    repeats: int = 1
    planned: int
    scored: int = 0
    errored: int = 0
    skipped: int = 0
    reused_calls: int = 0
    made_calls: int = 0
    made_again: dict[Again, int] = {}
    usage: Usage = Usage()
    judging: Usage = Usage()
    version: str
    started_at: str = ""
    seconds: float = 0.0
    git_commit: str | None = None
    looks: Looks | None = None
    extended_from: int | None = None

    @property
    def known_cost_usd(self) -> float:
        """What is known of its cost, judges included."""
        return (self.usage.cost_usd or 0.0) + (self.judging.cost_usd or 0.0)

    @property
    def is_cut_short(self) -> bool:
        """Whether gates were looked at before all cases were run, and no more was needed."""
        return self.looks is not None and self.looks.end != "whole"

    @property
    def mark(self) -> str:
        """The digest of what tells this execution from all others, also of its id elsewhere."""
        return digest([self.id, self.digest, self.started_at])

    def changed_since(self, before: "EvalRun") -> tuple[str, ...]:
        """The names of the inputs that differ between two runs, sorted."""
        names = sorted({*before.digests, *self.digests})
        return tuple(n for n in names if before.digests.get(n) != self.digests.get(n))


class CaseScores(Record):
    """The scores of one case, by metric, in the order of the repeats; None is missing.

    A metric that does not apply to the case is absent. `failed` holds the repeats, from 0, that
    ended in a failure of the product's own: their time counts as over every limit. `asked` is the
    digest of its inputs and expected values, by which two runs know that they mean the same case;
    it is empty where nobody needs it.
    """

    case_id: str
    cluster: str | None = None
    tags: dict[str, JsonValue] = {}
    scores: dict[str, tuple[float | None, ...]]
    failed: tuple[int, ...] = ()
    calls: str = ""
    asked: str = ""


class RunScores(Record):
    """An evaluation reduced to what gates need."""

    run: EvalRun
    cases: tuple[CaseScores, ...]


class Baseline(Record):
    """The accepted evaluation that gates compare with; `reason` says why a failing one was."""

    scores: RunScores
    reason: str | None = None
