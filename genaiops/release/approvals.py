"""Who has to approve a release, and who may. Pure."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.records.releases import Stage
from genaiops.release.history import History
from genaiops.specs.releases import ReleasesSpec
from genaiops.text.printable import printable

_MOST = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """A role in which nobody approved yet, and who may."""

    role: str
    people: tuple[str, ...]

    def __str__(self) -> str:
        people = ", ".join(self.people) or "nobody is left who may"
        return f"{self.role} ({people})"


def missing_approvals(
    policy: ReleasesSpec, history: History, *, release: str, bundle: str, stage: Stage
) -> tuple[Missing, ...]:
    """The roles that a stage asks for in which nobody approved of this release and evidence.

    An approval counts as the policy is now: of somebody who still has the role, and, where four
    eyes have to look, did not create the release.
    """
    barred = history.creators(release) if policy.four_eyes else frozenset[str]()
    approved = {record.by for record in history.approvals(bundle, stage)} - barred
    return tuple(
        Missing(role, tuple(name for name in policy.roles[role] if name not in barred))
        for role in policy.stage(stage).approvals
        if not approved & set(policy.roles[role])
    )


def roles_of(
    policy: ReleasesSpec, history: History, name: str, *, release: str, stage: Stage
) -> tuple[str, ...]:
    """The roles in which somebody may approve of a release.

    Raises:
        InputError: the stage asks for no approval, somebody has none of the roles, or made it.
    """
    asked = policy.stage(stage).approvals
    if not asked:
        raise InputError(
            f"{stage} asks for no approval: genaiops.yaml says which under releases.{stage}"
        )
    if policy.four_eyes and name in history.creators(release):
        raise InputError(
            f"{name!r} created release {release}: somebody else has to approve it (four_eyes)"
        )
    own = tuple(role for role in asked if name in policy.roles[role])
    if not own:
        people = "; ".join(f"{role}: {', '.join(policy.roles[role])}" for role in asked)
        raise InputError(f"{name!r} may not approve for {stage}, which asks for {people}")
    return own


def said_name(name: str) -> str:
    """A name as it is recorded: nothing proves it, but everybody can read it.

    Raises:
        InputError: it is empty, too long, or not to be printed.
    """
    return _line(name, "a name")


def said_reason(reason: str) -> str:
    """A reason as it is recorded.

    Raises:
        InputError: it is empty, too long, or not to be printed.
    """
    return _line(reason, "a reason")


def _line(text: str, what: str) -> str:
    if not text.strip() or text != text.strip() or len(text) > _MOST:
        raise InputError(
            f"{what} has 1 to {_MOST} characters, and no space at its ends: not {text!r:.60}"
        )
    if printable(text) != text or "\n" in text or "\t" in text:
        raise InputError(f"{what} is one line that can be printed: not {text!r:.60}")
    return text
