"""How the candidate of a rollout does in this server, beside all statistics. Pure."""

from dataclasses import dataclass, field

from genaiops.records import FlowRun
from genaiops.records.live_runs import LiveRun
from genaiops.rollout.breaker import BY_THE_REQUEST, Breaker
from genaiops.rollout.spending import Spending
from genaiops.specs.rollout import BudgetSpec


@dataclass(slots=True)
class Standing:
    """What a candidate was seen to do since the server knows of its rollout."""

    breaker: Breaker = field(default_factory=Breaker)
    spending: Spending = field(default_factory=Spending)

    def saw(self, run: FlowRun, *, failed: bool, at: float) -> None:
        """Take one run of the candidate into account."""
        self.spending.pay(at, run.usage.cost_usd or 0.0)
        failure = run.failure
        if failure is None or failure.kind not in BY_THE_REQUEST:
            self.breaker = self.breaker.seen(failed=failed)

    def remember(self, live: LiveRun) -> None:
        """Take a run into account that an earlier server recorded."""
        if live.arm != "candidate":
            return
        at, is_left = live.at.timestamp(), live.state == "incomplete" and _was_left(live.run)
        if is_left or (live.part == "answer" and live.state == "failed"):  # stable failed, too
            self.spending.pay(at, live.run.usage.cost_usd or 0.0)
        else:
            self.saw(live.run, failed=live.state != "done", at=at)

    def why_not(self, budget: BudgetSpec, now: float) -> str | None:
        """Why the candidate gets nothing for now; None: it gets its share."""
        return self.breaker.trouble or self.spending.excess(budget, now)


def _was_left(run: FlowRun) -> bool:
    return run.failure is not None and run.failure.kind == "interrupted"
