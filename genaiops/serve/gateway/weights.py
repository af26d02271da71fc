"""What the rollouts of a server's flows say now. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from genaiops.errors import Refused, suggest
from genaiops.serve.gateway.newcomers import Room
from genaiops.serve.served import ServedFlow
from genaiops.specs.rollout import BudgetSpec


@dataclass(frozen=True, slots=True)
class Share:
    """What a rollout gives its candidate.

    `rollout` is its id and `name` that of its file. `weight` is the candidate's share of users in
    [0, 1]; with `is_shadowing` it gets copies of requests. `candidate` and `stable`, which it is
    compared with, are releases, `per` is who keeps an arm, and `watched` are the metrics by which
    it is judged. `room` is there where a step takes so many new users and no more.
    """

    rollout: str
    name: str
    flow: str
    salt: str
    candidate: str
    stable: str
    weight: float
    is_shadowing: bool = False
    per: Literal["user", "conversation"] = "user"
    watched: tuple[str, ...] = ()
    budget: BudgetSpec = field(default_factory=BudgetSpec)
    room: Room | None = None


def why_never_asked(share: Share, flow: ServedFlow) -> str | None:
    """Why the candidate of a flow cannot be asked here, whatever it would say; None: it can be."""
    if flow.release not in {share.stable, share.candidate}:
        stands = f"release {flow.release} stands" if flow.release else "no release stands"
        return f"{stands} in production, and not {share.stable}, which it is compared with"
    if flow.unopened is not None and flow.unopened.release == share.candidate:
        return flow.unopened.why
    acts = flow.acts or (flow.candidate and flow.candidate.acts)
    return f"it may not be asked twice: {acts}" if share.is_shadowing and acts else None


class Weights:
    """The share of each rollout that is under way, set by who commits it, read by each request."""

    def __init__(self) -> None:
        self._by_flow: dict[str, Share] = {}

    def set(self, share: Share) -> None:
        """From now on this is the share of its flow; requests that run keep what they have."""
        self._by_flow = {**self._by_flow, share.flow: share}

    def end(self, flow: str) -> None:
        """There is no rollout of this flow any more."""
        self._by_flow = {name: share for name, share in self._by_flow.items() if name != flow}

    def all(self) -> tuple[Share, ...]:
        """The shares of all rollouts."""
        return tuple(self._by_flow.values())

    def of_flow(self, flow: str) -> Share | None:
        """The rollout of a flow; None where there is none."""
        return self._by_flow.get(flow)

    def named(self, name: str) -> Share:
        """A rollout by its name or id.

        Raises:
            Refused: there is none under way.
        """
        shares = self._by_flow.values()
        found = next((share for share in shares if name in (share.name, share.rollout)), None)
        if found is None:
            near = suggest(name[:100], [share.name for share in shares])
            told = f"no rollout {name[:100]!r} is under way{near}"
            raise Refused(404, "rollout_not_found", told)
        return found
