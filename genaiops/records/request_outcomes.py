"""What one request came to in an arm of a rollout, as whoever served or scored it tells."""

from typing import Literal

from pydantic import Field

from genaiops.records.record import Record
from genaiops.records.rollouts import Arm

Told = Literal["served", "said", "scored", "probe"]


class RequestOutcome(Record):
    """Something that became known of a request.

    `served`: an arm answered it, or failed to; where stable stepped in for the candidate there is
    one of each. `said`: what its user said of it, or a service that serves itself. `scored`: what
    metrics made of it. `probe`: a request of our own to the candidate.

    `user` is whatever is split, hashed. `weight` is the candidate's share when the user was split,
    in (0, 1); None: both arms got the request (shadow), and its two outcomes have one `request`.
    `at` is when the request came, in seconds of the clock; of what is said or scored of it, too.
    `run` is the live run that tells more. `cost_usd` is what the answer cost, or its scoring.
    `badness` is in [0, 1] by metric, None where a score is missing; served outcomes have none.
    """

    rollout: str
    kind: Told = "served"
    request: str
    user: str
    arm: Arm
    weight: float | None = Field(default=None, gt=0, lt=1)
    at: float
    failed: bool = False
    seconds: float | None = Field(default=None, ge=0)
    cost_usd: float | None = Field(default=None, ge=0)
    run: str | None = None
    badness: dict[str, float | None] = {}
