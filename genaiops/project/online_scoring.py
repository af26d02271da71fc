"""Scores live answers of a rollout by the metrics of its evaluation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genaiops.errors import GenaiopsError
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.protocols import Metric
from genaiops.records import NOT_APPLICABLE, Case
from genaiops.records.findings import Finding
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.badness import badness_of
from genaiops.rollout.gathering import Wanted
from genaiops.serve.answering import OnNote
from genaiops.specs.rollout import SERVED, RolloutSpec

_AT_ONCE = 4
_NOT_KEPT = (
    "nothing of it was kept, by a server that began without serving: {keep_content: true}; "
    "start it again with it"
)


@dataclass(frozen=True, slots=True)
class OnlineScoring:
    """Metrics that are bound; what they cannot score is missing, with the reason in the log."""

    rollout: Rollout
    spec: RolloutSpec
    metrics: Mapping[str, Metric]
    note: OnNote
    _noted: set[str] = field(default_factory=set[str])

    async def score(self, wanted: Sequence[Wanted], judged_usd: float) -> Sequence[Finding]:
        """A finding of each run; once judges cost as much as they may, their scores are missing."""
        ours = [each for each in wanted if each.run.split is not None]
        budget = _Left(self.spec.judge_budget_usd, judged_usd)
        turns = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._scored(each, budget, turns)) for each in ours]
        return [task.result() for task in tasks]

    async def _scored(self, wanted: Wanted, budget: "_Left", turns: asyncio.Semaphore) -> Finding:
        found: dict[str, float | None] = {}
        paid = 0.0
        async with turns:
            for metric in wanted.metrics:
                told = _Told(None)
                if metric in self.metrics and not budget.is_used_up:
                    told = await self._by_metric(metric, wanted)
                if told.applies:
                    found[metric] = told.badness
                budget.spent += told.cost_usd
                paid += told.cost_usd
        run = wanted.run.id
        return Finding(
            rollout=self.rollout.id, kind="scored", run=run, badness=found, cost_usd=paid
        )

    async def _by_metric(self, name: str, wanted: Wanted) -> "_Told":
        metric, run = self.metrics[name], wanted.run
        if not run.run.outputs:  # to a metric that would be an empty answer, the worst there is
            self._say(f"{name} could not score an answer: {_NOT_KEPT}")
            return _Told(None)
        watched = next(each for each in self.spec.watched if each.metric == name)
        try:
            score = await metric.score(Case(id=run.id, inputs=run.run.inputs), run.run)
        except GenaiopsError as error:
            self._say(f"{name} could not score an answer: {error}")
            return _Told(None)
        cost_usd = (score.usage.cost_usd if score.usage else None) or 0.0
        if score.value is not None:
            return _Told(badness_of(watched, metric.info, score.value), cost_usd)
        reason = score.reason or ""
        applies = not reason.startswith(NOT_APPLICABLE)
        if applies:
            self._say(f"{name} could not score an answer: {reason}")
        return _Told(None, cost_usd, applies=applies)

    def _say(self, what: str) -> None:
        """Say once why scores are missing."""
        if what not in self._noted:
            self._noted.add(what)
            self.note(f"rollout {self.rollout.id}: {what}")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a metric makes of an answer: how bad it is, None where it could not be scored."""

    badness: float | None
    cost_usd: float = 0.0
    applies: bool = True


@dataclass(slots=True)
class _Left:
    """What judges may cost, and what they did."""

    most: float | None
    spent: float

    @property
    def is_used_up(self) -> bool:
        return self.most is not None and self.spent >= self.most


def scored_metrics(spec: RolloutSpec) -> tuple[str, ...]:
    """The metrics of the evaluation that a rollout watches."""
    return tuple(each.metric for each in spec.watched if each.metric not in SERVED)


def bound_metrics(
    session: Session, wiring: Wiring, rollout: Rollout, spec: RolloutSpec
) -> Mapping[str, Metric]:
    """The metrics that score live answers, by their label, as the files of the session are.

    Raises:
        InputError: one is wrong, or what it needs is missing.
        TrustError: one uses what is not trusted yet.
    """
    wanted = scored_metrics(spec)
    if not wanted or spec.eval is None:
        return {}
    flow = session.project.flow(rollout.flow).spec
    uses = [use for use in session.project.eval(spec.eval).spec.metrics if use.label in wanted]
    metrics = wiring.metrics(
        uses, outputs=tuple(flow.outputs), expected=(), inputs=tuple(flow.inputs)
    )
    return {metric.info.name: metric for metric in metrics}
