"""Sends each request to its arm, and to stable where the candidate fails before its first word."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from genaiops.protocols import Clock, OnText
from genaiops.records.live_runs import LivePart, Split
from genaiops.serve.answering import Answered, Asked, OnNote, Units, answer_by_flow
from genaiops.serve.figures import Figures
from genaiops.serve.gateway.first_text import FirstText
from genaiops.serve.gateway.newcomers import Newcomers
from genaiops.serve.gateway.patience import Patience
from genaiops.serve.gateway.shadow import Shadow
from genaiops.serve.gateway.splitting import split_of
from genaiops.serve.gateway.standing import Standing
from genaiops.serve.gateway.trial import Trial, tried
from genaiops.serve.gateway.weights import Share, Weights, why_never_asked
from genaiops.serve.recording import Recorder, Took
from genaiops.serve.served import ServedFlow

_LOOKED_S = 30.0
"""After so long at most a run that was recorded is part of a look."""


@dataclass(slots=True)
class Gateway:
    """Answers by the arm that a rollout gives a request; stable is never given up.

    A candidate has at least `least_s` to its first text, or to its whole answer where that is sent
    in one piece, and at most `most_s`. `shadow` takes copies of requests once it is set.
    """

    weights: Weights
    recorder: Recorder
    figures: Figures
    clock: Clock
    note: OnNote
    least_s: float
    most_s: float
    shadow: Shadow | None = None
    _standings: dict[str, Standing] = field(default_factory=dict[str, Standing])
    _patience: dict[tuple[str, bool], Patience] = field(
        default_factory=dict[tuple[str, bool], Patience]
    )
    _newcomers: dict[str, Newcomers] = field(default_factory=dict[str, Newcomers])
    _noted: dict[str, str] = field(default_factory=dict[str, str])
    _unnamed: set[str] = field(default_factory=set[str])

    def standing(self, rollout: str) -> Standing:
        """What the candidate of a rollout was seen to do."""
        return self._standings.setdefault(rollout, Standing())

    def split(self, flow: ServedFlow, units: Units) -> Split | None:
        """The arm of a request; None: stable, and no part of a rollout."""
        share = self.weights.of_flow(flow.name)
        if share is None or share.candidate == flow.release:
            return None
        if not share.weight and not share.is_shadowing:
            return None
        why_not = self._why_not(share, flow)
        self._say(share, why_not)
        if why_not is None:
            self._say_unnamed(share, units)
            return self._within_room(share, units)
        self.figures.routed(flow.name, "withheld")
        return None

    def _within_room(self, share: Share, units: Units) -> Split | None:
        """The arm of a request; None where a step has all the users that it takes."""
        split = split_of(share, units)
        if split is None or split.weight is None or share.room is None:
            return split
        settled_s = 2 * self.most_s + _LOOKED_S
        newcomers = self._newcomers.setdefault(share.rollout, Newcomers(settled_s))
        now = time.monotonic()  # a clock that jumps makes no room
        if not newcomers.may_come(split.unit, share.room, now):  # told before the arm is looked at
            return None
        if split.arm == "candidate":
            newcomers.came(split.unit, now)
        return split

    async def answer(self, asked: Asked, on_text: OnText | None) -> Answered:
        """Answer by the arm of the request."""
        split, candidate = asked.split, asked.flow.candidate
        if split is None or candidate is None:
            return await self._by_stable(asked, on_text)
        if split.weight is None:
            return await self._shadowed(asked, on_text)
        if split.arm == "stable":
            return await self._by_stable(asked, on_text)
        return await self._by_candidate(asked, candidate, split, on_text)

    async def mirror(self, asked: Asked) -> None:
        """Ask the candidate what stable has answered; its answer is recorded, and shown nobody."""
        candidate, split, at = asked.flow.candidate, asked.split, self.clock()
        if candidate is None or split is None:
            return
        trial = await tried(candidate, asked, None, self._limit_s(asked, is_streamed=False))
        self._saw(split, trial, failed=trial.failed, at=at)
        self._keep(asked, candidate, trial, "shadow", at)
        self.figures.routed(asked.flow.name, "shadow failed" if trial.failed else "shadowed")

    async def _shadowed(self, asked: Asked, on_text: OnText | None) -> Answered:
        done = await self._by_stable(asked, on_text)
        if self.shadow is None or not self.shadow.offer(asked):
            self.figures.routed(asked.flow.name, "shadow dropped")
        return done

    async def _by_candidate(
        self, asked: Asked, candidate: ServedFlow, split: Split, on_text: OnText | None
    ) -> Answered:
        at = self.clock()
        within_s = self._limit_s(asked, is_streamed=on_text is not None)
        trial = await tried(candidate, asked, on_text, within_s)
        mine = Answered(candidate, trial.run, "candidate")
        if trial.is_heard or not trial.failed:
            self._saw(split, trial, failed=trial.failed, at=at)
            self.figures.routed(asked.flow.name, "broken off" if trial.failed else "answered")
            return mine
        hear = None if on_text is None else FirstText(on_text)
        stable = await answer_by_flow(asked, hear)
        if stable.run.outputs is None and not (hear and hear.is_heard):
            # what fails in both arms is no fault of the candidate's, and opens no breaker
            self.figures.routed(asked.flow.name, "failed in both")
            return mine
        self._saw(split, trial, failed=True, at=at)
        self._keep(asked, candidate, trial, "replaced", at)
        self.figures.routed(asked.flow.name, "replaced")
        return stable

    async def _by_stable(self, asked: Asked, on_text: OnText | None) -> Answered:
        """Answer by stable, and learn how long that takes."""
        patience = self._patience_for(asked, is_streamed=on_text is not None)
        began_s = time.perf_counter()

        def saw() -> None:
            patience.saw(time.perf_counter() - began_s)

        hear = None if on_text is None else FirstText(on_text, saw)
        done = await answer_by_flow(asked, hear)
        if done.run.outputs is not None and not (hear and hear.is_heard):
            saw()
        return done

    def _patience_for(self, asked: Asked, *, is_streamed: bool) -> Patience:
        return self._patience.setdefault((asked.flow.name, is_streamed), Patience())

    def _limit_s(self, asked: Asked, *, is_streamed: bool) -> float:
        patience = self._patience_for(asked, is_streamed=is_streamed)
        return patience.limit_s(self.least_s, self.most_s)

    def _why_not(self, share: Share, flow: ServedFlow) -> str | None:
        if (why_not := why_never_asked(share, flow)) is not None:
            return why_not
        if flow.candidate is None or flow.candidate.release != share.candidate:
            return f"release {share.candidate} is not loaded"
        return self.standing(share.rollout).why_not(share.budget, self.clock().timestamp())

    def _say(self, share: Share, why_not: str | None) -> None:
        """Tell once that a candidate gets nothing, and why."""
        known = self._noted.get(share.rollout)
        if why_not == known:
            return
        if why_not is None:
            del self._noted[share.rollout]
            self.note(f"rollout {share.rollout}: the candidate gets its share again")
        else:
            self._noted[share.rollout] = why_not
            self.note(f"rollout {share.rollout}: stable answers for the candidate: {why_not}")

    def _say_unnamed(self, share: Share, units: Units) -> None:
        """Tell once of a rollout that requests do not say whom it could split."""
        if units.are_named(share.per) or share.rollout in self._unnamed:
            return
        self._unnamed.add(share.rollout)
        self.note(
            f"rollout {share.rollout}: a request names no {share.per}; all of a token that do not "
            "are one, get one arm and count once: send `user`, or a header "
            f"Genaiops-{share.per.capitalize()}"
        )

    def _saw(self, split: Split, trial: Trial, *, failed: bool, at: datetime) -> None:
        self.standing(split.rollout).saw(trial.run, failed=failed, at=at.timestamp())

    def _keep(
        self, asked: Asked, candidate: ServedFlow, trial: Trial, part: LivePart, at: datetime
    ) -> None:
        answered = Answered(candidate, trial.run, "candidate", part)
        state = "failed" if trial.failed else "done"
        self.recorder.keep(asked, answered, state, Took(at, trial.seconds))
