"""What is said of answers: feedback of users, and outcomes of services that we do not serve."""

from dataclasses import dataclass
from datetime import timedelta

from genaiops.errors import Refused, suggest
from genaiops.protocols import Clock
from genaiops.records.live_runs import Split, Told
from genaiops.serve.access import Caller
from genaiops.serve.bodies import FeedbackBody, OutcomeBody
from genaiops.serve.gateway.weights import Share, Weights
from genaiops.serve.recording import Recorder, user_hash
from genaiops.specs.rollout import EXTERNAL, SHOWN

_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Takes what is said, and writes it down where rollouts find it."""

    recorder: Recorder
    weights: Weights
    clock: Clock
    user_key: bytes

    async def feedback(self, said: FeedbackBody, caller: Caller) -> None:
        """Take what a user said of an answer that this caller got.

        Raises:
            Refused: there is no such run of theirs, or nothing can be recorded now.
        """
        run = await self.recorder.find(said.run)
        if run is None or (run.caller != caller.name and caller.role != "operator"):
            told = f"there is no run {said.run[:100]!r}: send the id that came with the answer"
            raise Refused(404, "run_not_found", told)
        # an answer that stable gave for the candidate says nothing of the candidate
        split = run.split if run.split and run.split.arm == run.arm else None
        told = Told(at=self.clock(), metric=SHOWN, badness=said.badness, run=said.run, split=split)
        await self.recorder.tell(told)

    async def outcome(self, name: str, said: OutcomeBody, caller: Caller) -> None:
        """Take what a user met of a service that splits its users itself.

        Raises:
            Refused: no such rollout is under way, or it is none of an own service, or does not
                watch this, or nothing can be recorded now.
        """
        share = self.weights.named(name)
        if not share.flow.startswith(EXTERNAL):
            told = f"rollout {share.name!r} is of flow {share.flow!r}, which is served here"
            raise Refused(409, "not_external", told)
        now = self.clock()
        if said.at is not None and said.at > now + _SKEW:
            raise Refused(400, "invalid_request", f"at: {said.at.isoformat()} is not yet")
        if not 0 < share.weight < 1:
            told = f"the candidate of {share.name!r} has {share.weight:.0%} of the users now"
            raise Refused(409, "not_split", told)
        split = Split(
            rollout=share.rollout,
            salt=share.salt,
            unit=user_hash(self.user_key, caller.name, said.user),
            arm=said.arm,
            weight=share.weight,
        )
        metric = _watched(share, said.metric)
        told = Told(at=said.at or now, metric=metric, badness=said.badness, split=split)
        await self.recorder.tell(told)


def _watched(share: Share, metric: str | None) -> str:
    if metric is None and len(share.watched) == 1:
        return share.watched[0]
    if metric is None:
        told = f"say a metric; rollout {share.name!r} watches {', '.join(share.watched)}"
        raise Refused(409, "metric_not_watched", told)
    if metric not in share.watched:
        near = suggest(metric[:100], share.watched)
        told = f"rollout {share.name!r} does not watch {metric[:100]!r}{near}"
        raise Refused(409, "metric_not_watched", told)
    return metric
