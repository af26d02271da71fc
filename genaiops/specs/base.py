"""The base of all specs: frozen, unknown keys refused, with a digest of its canonical JSON."""

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from genaiops.digests import digest
from genaiops.specs.explained import explained_fields


class Spec(BaseModel):
    """What a YAML file says, validated."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
    )

    @property
    def digest(self) -> str:
        """The sha256 of what was said; a default that was not written does not count."""
        return digest(self.model_dump(mode="json", by_alias=True, exclude_unset=True))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema with the docstrings of the fields, which are for who writes the files."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in explained_fields(cls).items():
            properties[cls.model_fields[name].alias or name]["description"] = text
        return schema
