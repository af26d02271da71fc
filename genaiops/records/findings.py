"""What a rollout found out by itself: scores of live answers, and probes of the candidate."""

from typing import Literal

from pydantic import Field

from genaiops.records.record import Record


class Finding(Record):
    """Something that was found out of a run.

    `scored`: what metrics made of the live run `run`; `badness` is in [0, 1] by metric, None where
    a score is missing. `probed`: a request of our own to the candidate; it came back, or `failed`.
    `cost_usd` is what finding it out cost.
    """

    rollout: str
    kind: Literal["scored", "probed"]
    run: str
    badness: dict[str, float | None] = {}
    failed: bool = False
    cost_usd: float = Field(default=0.0, ge=0)
