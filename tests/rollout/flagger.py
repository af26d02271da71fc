"""What Flagger does with a Canary at a tick, as its scheduler does it where every hook refuses.

Source: advanceCanary, runCanary and the hooks of Flagger 1.44, pkg/controller/scheduler*.go.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

Phase = Literal["Initialized", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Failed"]
UNDER_WAY = ("Progressing", "WaitingPromotion")


@dataclass
class Flagger:
    """Its state of one Canary; `applied` is the revision it last began with, 0 the stable one."""

    phase: Phase = "Initialized"
    applied: int = 0
    weight: int = 0
    failed: int = 0

    def tick(self, canary: Any, revision: int, *, passes: bool) -> None:
        """One interval: `passes` is whether the metric could be read and lies in its range."""
        analysis = canary["spec"]["analysis"]
        refused = {hook["type"] for hook in analysis["webhooks"]}
        if self.phase == "Promoting":
            return
        if self.phase not in UNDER_WAY:
            self._begin(revision, refused)
        elif revision != self.applied:
            self._become("Progressing", revision)
        elif self.failed >= max(analysis["threshold"], 1):
            self._become("Failed", revision)
        elif "pre-rollout" in refused if self.weight == 0 else not passes:
            self.failed += 1
        elif self.weight < analysis["stepWeights"][-1]:
            self.weight += next_step(analysis["stepWeights"], self.weight)
        else:
            self.phase = "WaitingPromotion" if "confirm-promotion" in refused else "Promoting"

    def _begin(self, revision: int, refused: set[str]) -> None:
        if self.phase != "Waiting" and revision == self.applied:
            return
        if "confirm-rollout" in refused:
            self.phase = "Waiting"
        else:
            self._become("Progressing", revision)

    def _become(self, phase: Phase, revision: int) -> None:
        self.phase, self.applied, self.weight, self.failed = phase, revision, 0, 0


def next_step(weights: list[int], now: int) -> int:
    """What it adds to a weight; to one that is none of the list, all that is left."""
    if now == 0:
        return weights[0]
    following = dict(pairwise(weights))
    return following.get(now, 100) - now
