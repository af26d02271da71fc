"""The front matter of a prompt file."""

from pydantic import JsonValue

from genaiops.records import Parameters
from genaiops.specs.base import Spec


class PromptSpec(Spec):
    """What stands between the `---` lines at the top of a prompt file; all of it optional."""

    description: str = ""
    parameters: Parameters = Parameters()
    """Over those of the catalog, under those of the node."""
    response_schema: dict[str, JsonValue] | None = None
    """A JSON schema that the answer must match; the node then has `json`."""
