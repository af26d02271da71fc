"""`datasets/<name>.card.yaml`: what is known of a dataset."""

from pydantic import Field

from genaiops.specs.base import Spec


class DatasetCard(Spec):
    """Source, licence, version, splits and the digest of the data; required for a release."""

    name: str
    version: str
    description: str = ""
    source: str
    """Where the data is from."""
    licence: str
    """An identifier such as cc-by-4.0."""
    language: str = "en"
    splits: dict[str, int] = {}
    """Name of a split (the case tag `split`) to its number of cases."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the bytes of the data file."""
