"""Which arm a request gets. Pure."""

from genaiops.records.live_runs import Split
from genaiops.rollout.split import arm_of
from genaiops.serve.answering import Units
from genaiops.serve.gateway.weights import Share


def split_of(share: Share, units: Units) -> Split | None:
    """The arm of a request by whom it is from; None where all get stable and nothing is learned."""
    unit = units.user if share.per == "user" else units.conversation
    if share.is_shadowing:
        return Split(rollout=share.rollout, salt=share.salt, unit=unit, arm="stable", weight=None)
    if not 0 < share.weight < 1:
        return None
    return Split(
        rollout=share.rollout,
        salt=share.salt,
        unit=unit,
        arm=arm_of(share.salt, unit, share.weight),
        weight=share.weight,
    )
