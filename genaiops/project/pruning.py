"""Use case of the shelf: remove the releases that nobody needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.project.act import Act
from genaiops.project.release_home import ReleaseHome
from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import Session
from genaiops.records.releases import AuditRecord, ReleaseEvent
from genaiops.release.history import History
from genaiops.release.pruning import prunable


@dataclass(frozen=True, slots=True)
class Pruned:
    """The records of the releases that were removed, and what was freed, in bytes."""

    records: Sequence[AuditRecord]
    size: int


def releases_to_prune(session: Session, home: ReleaseHome, keep: int) -> list[AuditRecord]:
    """The releases that would be removed, by the records that created them.

    Raises:
        StoreError: the chain or the rollouts cannot be read, or were changed.
    """
    with read_rollouts(session) as rollouts:
        arms = [(each.rollout.stable, each.rollout.candidate) for each in rollouts.open()]
    in_use = {release for pair in arms for release in pair}
    return prunable(History(home.audit.read_whole().records), keep, in_use)


def prune_releases(session: Session, home: ReleaseHome, keep: int, act: Act) -> Pruned:
    """Record that releases are removed, then remove whatever no other release needs.

    Where it is cut off between the two, the next time removes the files.

    Raises:
        InputError: somebody is at work with releases, or one is of another version of genaiops.
        StoreError: the chain or a release that stays was changed, or cannot be read or written.
    """
    with home.at_work(alone=True):
        gone = [record.event for record in releases_to_prune(session, home, keep)]
        history = History(home.audit.read_whole().records)
        ids = history.created().keys() - {event.release for event in gone}
        needed = {
            sha256
            for id_ in ids
            for bundle in history.bundles(id_)
            for sha256 in home.shelf.files_of(bundle, id_)
        }
        records = [_recorded(home, event, act) for event in gone]
        home.close_all_but(ids)
        return Pruned(records, home.shelf.keep_only(needed))


def _recorded(home: ReleaseHome, gone: ReleaseEvent, act: Act) -> AuditRecord:
    event = ReleaseEvent(
        deed="pruned",
        flow=gone.flow,
        release=gone.release,
        bundle=gone.bundle,
        reason=act.reason,
    )
    return home.audit.append(event, by=act.by, at=home.now())
