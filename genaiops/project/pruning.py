"""Use case of the shelf: remove the releases that nobody needs."""

from genaiops.project.act import Act
from genaiops.project.release_home import ReleaseHome
from genaiops.project.rollout_home import read_rollouts
from genaiops.project.session import Session
from genaiops.records.releases import AuditRecord, ReleaseEvent
from genaiops.release.history import History
from genaiops.release.pruning import prunable


def releases_to_prune(session: Session, home: ReleaseHome, keep: int) -> list[AuditRecord]:
    """The releases that would be removed, by the records that created them.

    Raises:
        StoreError: the chain or the rollouts cannot be read, or were changed.
    """
    with read_rollouts(session) as rollouts:
        arms = [(each.rollout.stable, each.rollout.candidate) for each in rollouts.open()]
    in_use = {release for pair in arms for release in pair}
    return prunable(History(home.audit.read_whole().records), keep, in_use)


def prune_releases(session: Session, home: ReleaseHome, keep: int, act: Act) -> list[AuditRecord]:
    """Record that releases are removed, then remove whatever no other release needs.

    Where it is cut off between the two, the next time removes the files.

    Raises:
        InputError: somebody is at work with releases, or one is of another version of genaiops.
        StoreError: the chain or a release that stays was changed, or cannot be read or written.
    """
    with home.at_work(alone=True):
        going = {
            record.event.release: record.event for record in releases_to_prune(session, home, keep)
        }
        there, _ = History(home.audit.read_whole().records).bundles()
        needed = {
            sha256
            for id_ in there.keys() - going.keys()
            for bundle in there[id_]
            for sha256 in home.shelf.files_of(bundle, id_)
        }
        records = [_recorded(home, event, act) for event in going.values()]
        there, gone = History(home.audit.read_whole().records).bundles()
        for id_ in gone.keys() - there.keys():
            home.remove(id_, gone[id_], needed)
        return records


def _recorded(home: ReleaseHome, gone: ReleaseEvent, act: Act) -> AuditRecord:
    event = ReleaseEvent(
        deed="pruned",
        flow=gone.flow,
        release=gone.release,
        bundle=gone.bundle,
        reason=act.reason,
    )
    return home.audit.append(event, by=act.by, at=home.now())
