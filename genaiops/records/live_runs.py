"""What happened to one request of a user that a server took."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from genaiops.records.failures import Failure
from genaiops.records.flow_runs import FlowRun, NodeRun
from genaiops.records.record import Record
from genaiops.records.rollouts import Arm

LiveState = Literal["done", "failed", "incomplete"]
"""`incomplete`: the client got a part of the answer only, or left."""
LivePart = Literal["answer", "replaced", "shadow"]
"""What a run was to its client: the answer, a failure that stable answered for, or nothing."""


class Split(Record):
    """How a request came to its arm in a rollout.

    `salt` tells a rollout from an earlier one of the same name. `unit` is the keyed hash of the
    user or conversation that keeps the arm, and `weight` the candidate's share when the request
    came, in (0, 1); None: both arms answered (shadow).
    """

    rollout: str
    salt: str
    unit: str
    arm: Arm
    weight: float | None = Field(gt=0, lt=1)


class LiveRun(Record):
    """A flow that ran for a user; `run` has no content unless the project keeps it.

    `at` is when the request came, in UTC. `flow` and `digest` are what answered, `release` the
    release that this was, if any. `user` is a keyed hash of who asked, which says who asked twice
    and never who that is; `caller` is the name of the token. `seconds` are from the request to the
    end of the answer, `first_s` to its first piece where it was streamed.

    `arm` is what ran, `split` what a rollout chose: they differ where stable answered for the
    candidate. Such a failure, and an answer of the shadow, is a run of its own whose `of` is the id
    of the answer that its client got.
    """

    id: str
    at: datetime
    flow: str
    digest: str
    release: str | None = None
    arm: Arm = "stable"
    split: Split | None = None
    part: LivePart = "answer"
    of: str | None = None
    user: str | None = None
    caller: str
    state: LiveState
    seconds: float = Field(ge=0)
    first_s: float | None = Field(default=None, ge=0)
    run: FlowRun


class Told(Record):
    """What somebody said later of an answer: feedback of a run, or what an own service met.

    `badness` is from 0, the best, to 1; of a metric of bad events it is 0 or 1. `split` is that of
    the run, or of the user that the service split itself; None where no rollout was under way.
    """

    at: datetime
    metric: str
    badness: float = Field(ge=0, le=1)
    run: str | None = None
    split: Split | None = None


def without_content(run: FlowRun) -> FlowRun:
    """A run with its figures, kinds of failures and nothing that somebody wrote or a model said.

    A failure keeps its kind and place, its message may quote anything, and the key of a call is a
    digest of its messages. Outputs that were there are empty, so that a run still tells whether it
    had some.
    """
    return run.model_copy(
        update={
            "inputs": {},
            "outputs": None if run.outputs is None else {},
            "failure": _without_message(run.failure),
            "nodes": tuple(map(_node_without_content, run.nodes)),
        }
    )


def _node_without_content(node: NodeRun) -> NodeRun:
    return node.model_copy(
        update={
            "outputs": None if node.outputs is None else {},
            "failure": _without_message(node.failure),
            "messages": (),
            "calls": (),
        }
    )


def _without_message(failure: Failure | None) -> Failure | None:
    return failure and failure.model_copy(update={"message": ""})
