"""`releases:` of `genaiops.yaml`: who has to approve what."""

from pydantic import model_validator

from genaiops.errors import suggest
from genaiops.records.releases import Stage
from genaiops.specs.base import Spec


class StageSpec(Spec):
    """What a release needs to get into a stage, besides evidence that passes."""

    approvals: tuple[str, ...] = ()
    """Roles; somebody of each has to approve."""


class ReleasesSpec(Spec):
    """Who approves releases."""

    roles: dict[str, tuple[str, ...]] = {}
    """The people of each role, by the names that they give by `--as`."""
    four_eyes: bool = True
    """Whoever created a release may not approve it."""
    staging: StageSpec = StageSpec()
    """What a release needs to get into staging."""
    production: StageSpec = StageSpec()
    """What a release needs to get into production."""

    def stage(self, name: Stage) -> StageSpec:
        """The policy of a stage."""
        return self.staging if name == "staging" else self.production

    @model_validator(mode="after")
    def _known_roles(self) -> "ReleasesSpec":
        for role in (*self.staging.approvals, *self.production.approvals):
            if role not in self.roles:
                raise ValueError(f"unknown role {role!r}{suggest(role, self.roles)}")
            if not self.roles[role]:
                raise ValueError(f"role {role!r} has nobody who could approve")
        return self
