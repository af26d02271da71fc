"""`releases:` of `genaiops.yaml`: who has to approve what."""

from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, model_validator

from genaiops.errors import suggest
from genaiops.records.releases import Stage
from genaiops.specs.base import Spec


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{name!r} stands here {times} times: name it once")
    return names


Names = Annotated[tuple[str, ...], AfterValidator(_each_once)]


class StageSpec(Spec):
    """What a release needs to get into a stage, besides evidence that passes."""

    approvals: Names = ()
    """Roles, each once; somebody of each has to approve."""


class ReleasesSpec(Spec):
    """Who approves releases."""

    roles: dict[str, Names] = {}
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
