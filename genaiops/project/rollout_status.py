"""Use cases of reading rollouts: the verdict, the way to it, and whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.project.release_home import release_home
from genaiops.project.rollout_home import read_live, read_rollouts
from genaiops.project.session import Session
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.rollout.committing import read_spec, read_state
from genaiops.rollout.explaining import what_would_change
from genaiops.rollout.replay import Replayed, replayed
from genaiops.rollout.report.page import RolloutReport
from genaiops.rollout.seen import contrast, latency_told, seen_by_arm
from genaiops.rollout.verdict import verdict_on
from genaiops.store.rollouts import Rollouts, StoredRollout

_SLOW = 0.95
LAST = "last"
"""What stands for the rollout that was started last."""


@dataclass(frozen=True, slots=True)
class Course:
    """A rollout with every event of it, as the machine makes it of the evidence now."""

    stored: StoredRollout
    events: Sequence[Replayed]
    verdict: RolloutVerdict


def status_of(session: Session, reference: str) -> RolloutVerdict:
    """The verdict on a rollout, by its id, the newest by its name, or `last`.

    Raises:
        InputError: there is none.
        StoreError: the store cannot be read.
    """
    with read_rollouts(session) as rollouts:
        return _verdict(session, _find(rollouts, reference))


def all_verdicts(session: Session) -> list[RolloutVerdict]:
    """The verdicts on all rollouts, the newest first.

    Raises:
        StoreError: the store cannot be read.
    """
    with read_rollouts(session) as rollouts:
        return [_verdict(session, stored) for stored in rollouts.all()]


def newest_verdicts(session: Session) -> list[RolloutVerdict]:
    """The verdicts on the newest rollout of each name.

    Raises:
        StoreError: the store cannot be read.
    """
    with read_rollouts(session) as rollouts:
        return [_verdict(session, stored) for stored in rollouts.newest()]


def explained(session: Session, reference: str) -> tuple[RolloutVerdict, Sequence[str]]:
    """The verdict, what was better and worse of the candidate, and what would change it.

    Raises:
        InputError: there is none.
        StoreError: the store cannot be read.
    """
    with read_rollouts(session) as rollouts:
        stored = _find(rollouts, reference)
        spec = read_spec(stored.rollout)
        verdict = _verdict(session, stored)
        seen = _seen(session, rollouts, stored, verdict)
        return verdict, (*seen, *what_would_change(spec, read_state(stored.state)))


def course_of(session: Session, reference: str) -> Course:
    """A rollout from its beginning, through the machine again.

    Raises:
        InputError: there is none.
        StoreError: the store cannot be read.
    """
    with read_rollouts(session) as rollouts:
        stored = _find(rollouts, reference)
        events = tuple(replayed(stored.rollout, rollouts.events(stored.rollout.id)))
        return Course(stored, events, _verdict(session, stored))


def report_of(session: Session, reference: str) -> RolloutReport:
    """All that the report of a rollout tells.

    Raises:
        InputError: there is none.
        StoreError: the store or the audit chain cannot be read.
    """
    course = course_of(session, reference)
    with read_rollouts(session) as rollouts:
        told = _seen(session, rollouts, course.stored, course.verdict)
    head = release_home(session).audit.read().head
    return RolloutReport(course.stored.rollout, course.verdict, course.events, told, head)


def _seen(
    session: Session, rollouts: Rollouts, stored: StoredRollout, verdict: RolloutVerdict
) -> tuple[str, ...]:
    """What is seen of both arms beside the evidence, in sentences."""
    latency = [each for each in read_spec(stored.rollout).watched if each.metric == "latency"]
    quantile = latency[0].usual_quantile if latency else _SLOW
    start = rollouts.first_event(stored.rollout.id).cursor.run
    with read_live(session) as live:
        seen = seen_by_arm((run for _, run in live.after(start)), stored.rollout.salt)
    told = (contrast(verdict, seen), latency_told(seen, quantile))
    return tuple(each for each in told if each is not None)


def _find(rollouts: Rollouts, reference: str) -> StoredRollout:
    if reference != LAST:
        return rollouts.find(reference)
    newest = rollouts.all()
    if not newest:
        raise InputError("no rollout was started yet: genaiops rollout start NAME --candidate ID")
    return newest[0]


def _verdict(session: Session, stored: StoredRollout) -> RolloutVerdict:
    now = session.clock().timestamp()
    return verdict_on(stored.rollout, stored.event, read_state(stored.state), now)
