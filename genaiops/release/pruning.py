"""Which releases nobody needs any more. Pure."""

from collections.abc import Collection

from genaiops.records.releases import AuditRecord, Stage
from genaiops.release.history import History

_STAGES: tuple[Stage, ...] = ("staging", "production")
_STOOD = 2


def prunable(history: History, keep: int, in_use: Collection[str]) -> list[AuditRecord]:
    """The releases that can be removed, by the records that created them, the oldest first.

    Kept are of each flow the newest `keep`, in each stage the one that stands and the one before,
    what was approved since the last promotion there, and those `in_use` elsewhere, by id.
    """
    created = history.created()
    kept = set(in_use)
    for flow in history.flows():
        own = [id_ for id_, record in created.items() if record.event.flow == flow]
        kept.update(own[-keep:])
        for stage in _STAGES:
            kept.update(event.release for event in history.stood(flow, stage)[-_STOOD:])
            kept.update(history.waiting(flow, stage))
    return [record for id_, record in created.items() if id_ not in kept]
