"""What rollouts do to releases: the audit chain hears of them, and production follows."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.project.act import Act
from genaiops.project.promoting import promote_release, roll_back
from genaiops.project.release_home import release_home
from genaiops.project.session import Session
from genaiops.records.releases import ReleaseEvent
from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.release.history import History
from genaiops.rollout.events import told_of
from genaiops.specs.rollout import EXTERNAL


@dataclass(frozen=True, slots=True)
class RolloutReleases:
    """The releases of a project, for its rollouts."""

    session: Session

    def chain(self, rollout: Rollout, event: RolloutEvent) -> None:
        """Add an event to the audit chain, once.

        Raises:
            StoreError: the chain is broken, or cannot be written.
        """
        home = release_home(self.session)
        history = History(home.audit.read().records)
        if history.has_rolled_out(rollout.id, event.generation):
            return
        created = None if is_external(rollout) else history.find(rollout.candidate).event
        link = ReleaseEvent(
            deed="rolled out",
            flow=rollout.flow,
            release=rollout.candidate,
            bundle=created.bundle if created else "",
            reason=told_of(event),
            rollout=rollout.id,
            rollout_event=event.generation,
            weight=event.weight,
        )
        # to take traffic from a candidate must be possible on a chain that somebody broke
        is_end = event.phase == "rolled_back"
        by = event.by or _by(rollout)
        home.audit.append(link, by=by, at=event.at, although_broken=is_end)

    def carry_out(self, rollout: Rollout, event: RolloutEvent) -> str:
        """Put into production what belongs there after the end of a rollout; gives what was done.

        Raises:
            InputError: the release may not be promoted any more, or somebody moved one meanwhile.
            StoreError: the chain or a release was changed, or cannot be read or written.
        """
        is_promoted = event.phase == "promoted"
        if is_external(rollout):
            arm = rollout.candidate if is_promoted else rollout.stable
            return f"the service is to send all users to {arm}"
        act = Act(event.by or _by(rollout), event.reason)
        return self._promoted(rollout, act) if is_promoted else self._kept(rollout, act)

    def _promoted(self, rollout: Rollout, act: Act) -> str:
        moved = promote_release(self.session, rollout.candidate, "production", act)
        if moved.refusal is not None:
            why = "; ".join(moved.refusal.sentences)
            raise InputError(
                f"release {rollout.candidate} stays at its share of users, it may not be promoted "
                f"to production: {why}"
            )
        return f"release {rollout.candidate} of {rollout.flow} stands in production"

    def _kept(self, rollout: Rollout, act: Act) -> str:
        home = release_home(self.session)
        standing = home.standing(rollout.flow, "production")
        if standing is not None and standing.id == rollout.candidate:
            roll_back(home, rollout.stable, "production", act, rollout.flow)
            return f"release {rollout.stable} of {rollout.flow} stands in production again"
        stands = standing.id if standing else "none"
        return f"release {stands} of {rollout.flow} stands in production, as before"


def is_external(rollout: Rollout) -> bool:
    """Whether a service splits its users itself, of which no release is known here."""
    return rollout.flow.startswith(f"{EXTERNAL}:")


def _by(rollout: Rollout) -> str:
    return f"rollout {rollout.id}"
