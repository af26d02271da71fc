"""The base of all specs: frozen, unknown keys refused, with a digest of its canonical JSON."""

from pydantic import BaseModel, ConfigDict

from genaiops.digests import digest


class Spec(BaseModel):
    """What a YAML file says, validated."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        coerce_numbers_to_str=True,
    )

    @property
    def digest(self) -> str:
        """The sha256 of what was said; a default that was not written does not count."""
        return digest(self.model_dump(mode="json", by_alias=True, exclude_unset=True))
