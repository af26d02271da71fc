"""`genaiops.yaml`: the project at the root of a folder tree."""

from pydantic import Field

from genaiops.specs.base import Spec
from genaiops.specs.releases import ReleasesSpec
from genaiops.specs.serving import ServingSpec


class ProjectSpec(Spec):
    """What holds for the whole project."""

    name: str = Field(min_length=1)
    """What the project is called in reports."""
    description: str = ""
    seed: int = 0
    """Of every random draw."""
    catalog: str = "catalog.yaml"
    """Path of the catalog, from the project root."""
    env_file: str | None = None
    """A file with environment variables; none is read unless it is named here."""
    ask_above_usd: float = Field(default=1.0, ge=0)
    """An evaluation that may cost more is asked about first, in US dollars."""
    releases: ReleasesSpec = ReleasesSpec()
    """Who approves releases; by default nobody has to."""
    serving: ServingSpec = ServingSpec()
    """How flows are served by `genaiops serve`."""
