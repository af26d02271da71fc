"""From live runs, and what was told and found of them, to looks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from genaiops.records.findings import Finding
from genaiops.records.live_runs import LiveRun, Split, Told
from genaiops.records.rollout_events import Rollout
from genaiops.records.rollouts import Arm, Look
from genaiops.rollout.breaker import BY_THE_REQUEST, Breaker
from genaiops.rollout.outcomes import Outcome, Outcomes, shadow_look
from genaiops.rollout.spending import Spending
from genaiops.rollout.split import is_sampled
from genaiops.rollout.users import Users
from genaiops.rollout.usual import LEAST, WINDOW_S, Usual
from genaiops.specs.durations import duration_s
from genaiops.specs.rollout import RELATIVE, SERVED, RolloutSpec

_Kept = TypeVar("_Kept")
EARLIER_S = 86_400.0
"""What stable took longer ago than this before a rollout is no sign of what is usual."""
_FORGET_S = 3600.0
"""After so long a pair that lacks its other half is given up, and no score of a run is awaited."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A live run that counts, with the metrics that are still to score it."""

    run: LiveRun
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A run that counts, and what is known of it."""

    outcome: Outcome
    request: str
    is_shadow: bool


class Gathering:
    """What is known of a rollout since the last look, and of users whose outcome is open.

    Runs are taken before what was told or found of them. Taking something twice changes nothing.
    """

    def __init__(self, spec: RolloutSpec, rollout: Rollout) -> None:
        self._breaker = Breaker()
        self._probed = Breaker(what="probes")  # their order among requests outlives no restart
        self._spending = Spending()
        self.judged_usd = 0.0
        self._spec = spec
        self._rollout = rollout
        self._graded = frozenset(each.metric for each in spec.goals if each.margin is not None)
        self._window_s = duration_s(spec.window)
        self._outcomes = Outcomes(self._graded, spec.waits_s)
        self._firsts: dict[str, tuple[str, float]] = {}
        self._usual = {
            each.metric: Usual(each.usual_quantile, each.usual_slack)
            for each in spec.watched
            if each.metric in RELATIVE
        }
        self._pending: dict[str, _Pending] = {}
        self._pairs: dict[str, dict[Arm, Outcome]] = {}
        self._last_at = 0.0
        self._paired = Users()
        self._wanted: dict[str, Wanted] = {}

    def begin(self, earlier: Iterable[LiveRun], began: float) -> None:
        """Learn what was usual of stable in the ten minutes before, or of its last hundred answers.

        Args:
            earlier: runs before the rollout, the newest first; read as far as they are needed.
            began: when the rollout did, in seconds of the clock.
        """
        if not self._usual:
            return
        window: list[LiveRun] = []
        for run in earlier:
            before_s = began - run.at.timestamp()
            if before_s > EARLIER_S or (before_s > WINDOW_S and len(window) >= LEAST):
                break
            if (run.release, run.arm, run.state) == (self._rollout.stable, "stable", "done"):
                window.append(run)
        for metric, usual in self._usual.items():
            values = (_relative(metric, run) for run in window)
            usual.begin([value for value in values if value is not None])

    def take_run(self, run: LiveRun) -> None:
        """A request that was answered, or failed to be; those of other rollouts do not count."""
        split = run.split
        if split is None or split.salt != self._rollout.salt:
            return
        if run.arm == "candidate":
            self._watch(run)
        counts = split.arm == run.arm or run.part == "shadow"
        met = dict(self._met(run, split)) if counts else {}
        if run.arm == "stable" and run.state == "done":
            self._learn_usual(run)
        arm = "candidate" if run.part == "shadow" else split.arm
        self._last_at = run.at.timestamp()
        outcome = Outcome(split.unit, arm, split.weight or 0.0, self._last_at, met)
        is_shadow = split.weight is None
        request = run.of or run.id
        if not self._is_early(split, request, outcome.at):
            return
        if is_shadow:
            self._pairs.setdefault(request, {})[arm] = outcome
        else:
            self._outcomes.add(outcome)
        if not counts:
            return
        self._pending[run.id] = _Pending(outcome, request, is_shadow)
        metrics = tuple(self._to_score(run, split))
        if metrics:
            self._wanted[run.id] = Wanted(run, metrics)

    def take_told(self, told: Told) -> None:
        """What a user said, or a service that serves itself."""
        split = told.split
        watched = {each.metric for each in self._spec.watched}
        if split is None or split.salt != self._rollout.salt or split.weight is None:
            return
        is_later = told.run is not None and not self._is_early(split, told.run, None)
        if told.metric in watched and not is_later:
            met: dict[str, float | None] = {told.metric: told.badness}
            at = told.at.timestamp()
            self._outcomes.add(Outcome(split.unit, split.arm, split.weight, at, met))

    def take_finding(self, finding: Finding) -> None:
        """A score of a run that was taken, or a probe."""
        if finding.kind == "probed":
            self._probed = self._probed.seen(failed=finding.failed)
            return
        if self._wanted.pop(finding.run, None) is not None:
            self.judged_usd += finding.cost_usd
        pending = self._pending.get(finding.run)
        if pending is None:
            return
        known = pending.outcome
        scored = Outcome(
            known.user, known.arm, known.weight, known.at, {**known.met, **finding.badness}
        )
        if not pending.is_shadow:
            self._outcomes.add(scored)
        elif pending.request in self._pairs:
            self._pairs[pending.request][known.arm] = scored

    def wanted(self) -> tuple[Wanted, ...]:
        """The runs that are still to be scored before the next look."""
        return tuple(self._wanted.values())

    def look(self, now: float) -> Look:
        """What happened since the last look."""
        look = self._outcomes.look(now, self._breaker.trouble or self._probed.trouble)
        pairs = list(self._whole_pairs())
        if pairs:
            shadow = shadow_look(pairs, self._graded)
            look = look.model_copy(
                update={
                    "came": (*look.came, *shadow.came),
                    "batches": (*look.batches, *shadow.batches),
                }
            )
        withheld = self._spending.excess(self._spec.budget, now)
        if withheld is not None:
            look = look.model_copy(update={"withheld": withheld})
        self._wanted.clear()
        # by the clock of runs, too: that of looks does not go back where a clock is put back
        self._forget(min(now, self._last_at))
        return look

    def _watch(self, run: LiveRun) -> None:
        """What needs no statistics of a run of the candidate: what it cost, and whether it died."""
        self._spending.pay(run.at.timestamp(), run.run.usage.cost_usd or 0.0)
        if not (_left(run) or _is_no_sign(run)):
            self._breaker = self._breaker.seen(failed=run.state != "done")

    def _is_early(self, split: Split, request: str, at: float | None) -> bool:
        """Whether a request is the first of its user, or came within the window after it."""
        if split.weight is None:
            return split.unit not in self._paired
        if split.unit not in self._firsts and self._outcomes.knows(split.unit):
            return False
        first, began = self._firsts.setdefault(split.unit, (request, at or 0.0))
        if request == first:
            return True
        return bool(self._window_s) and (at is None or at <= began + self._window_s)

    def _met(self, run: LiveRun, split: Split) -> Iterator[tuple[str, float | None]]:
        """What serving tells of a run; a failure is the worst by every metric but what it cost."""
        if _left(run):
            return
        failed = run.state != "done"
        for watched in self._spec.watched:
            metric = watched.metric
            if not is_sampled(self._rollout.salt, split.unit, metric, watched.sample):
                continue
            if metric == "errors":
                yield metric, float(failed)
            elif metric in self._usual:
                yield from self._by_usual(metric, run, failed=failed)
            elif metric not in SERVED and failed:
                yield metric, 1.0

    def _by_usual(
        self, metric: str, run: LiveRun, *, failed: bool
    ) -> Iterator[tuple[str, float | None]]:
        value = _relative(metric, run)
        if metric == "latency" and failed:
            yield metric, 1.0
        elif value is None:
            yield metric, None
        elif (badness := self._usual[metric].badness(value)) is not None:
            yield metric, badness

    def _to_score(self, run: LiveRun, split: Split) -> Iterator[str]:
        if run.state != "done":
            return
        for watched in self._spec.watched:
            if watched.metric not in SERVED and is_sampled(
                self._rollout.salt, split.unit, watched.metric, watched.sample
            ):
                yield watched.metric

    def _learn_usual(self, run: LiveRun) -> None:
        for metric, usual in self._usual.items():
            value = _relative(metric, run)
            if value is not None:
                usual.add(value, run.at.timestamp())

    def _whole_pairs(self) -> Iterator[tuple[Outcome, Outcome]]:
        """Pairs with both halves, the first of each user."""
        for request, arms in list(self._pairs.items()):
            if len(arms) < 2:
                continue
            del self._pairs[request]
            user = arms["stable"].user
            if user not in self._paired:
                self._paired.add(user)
                yield arms["stable"], arms["candidate"]

    def _forget(self, now: float) -> None:
        """Keep of a user whose outcome is known that there was one."""
        before = now - _FORGET_S - self._window_s
        _drop_first(self._firsts, lambda first: first[1] + self._spec.waits_s <= now)
        _drop_first(self._pairs, lambda arms: all(each.at < before for each in arms.values()))
        _drop_first(self._pending, lambda pending: pending.outcome.at < before)


def _drop_first(kept: dict[str, _Kept], is_old: Callable[[_Kept], bool]) -> None:
    """Drop what is old of what came first, and do not look at the others."""
    for key, _ in list(takewhile(lambda item: is_old(item[1]), kept.items())):
        del kept[key]


def _relative(metric: str, run: LiveRun) -> float | None:
    """What is held against what is usual: seconds, or US dollars where they are known."""
    return run.seconds if metric == "latency" else run.run.usage.cost_usd


def _left(run: LiveRun) -> bool:
    """Whether the client went away, which tells nothing of the arm."""
    failure = run.run.failure
    return run.state == "incomplete" and failure is not None and failure.kind == "interrupted"


def _is_no_sign(run: LiveRun) -> bool:
    """Whether a failure is of the request itself, or befell stable, too, which was asked then."""
    failure = run.run.failure
    is_by_the_request = failure is not None and failure.kind in BY_THE_REQUEST
    return is_by_the_request or (run.part == "answer" and run.state == "failed")
