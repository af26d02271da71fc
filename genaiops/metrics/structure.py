"""Answers that should be JSON. Pure."""

from typing import Annotated

from pydantic import AfterValidator, JsonValue

from genaiops.errors import InputError
from genaiops.metrics.declare import metric
from genaiops.records import Score
from genaiops.specs.json_schema import Schema, check_schema, schema_errors
from genaiops.specs.json_text import parse_json_text, unfenced


def _sound(schema: Schema) -> Schema:
    faults = check_schema(schema)
    if faults:
        where = ".".join(str(step) for step in faults[0].path)
        raise ValueError(f"{where}: {faults[0].message}" if where else faults[0].message)
    return schema


SoundSchema = Annotated[Schema, AfterValidator(_sound)]


@metric(binary=True)
def json_schema(answer: JsonValue, schema: SoundSchema) -> Score:
    """Whether the answer is JSON that keeps to a schema.

    Args:
        answer: JSON as text, alone or as the one fenced block, or a value that was parsed before.
        schema: In the subset of JSON Schema that prompts use too.
    """
    try:
        value = as_json(answer)
    except InputError as error:
        return Score(value=0.0, explanation=str(error))
    errors = schema_errors(value, schema)
    return Score(value=float(not errors), explanation="; ".join(errors[:5]) or None)


def as_json(value: JsonValue) -> JsonValue:
    """The JSON that a text is, alone or as its one fenced block; any other value as it is.

    Raises:
        InputError: the text is no JSON.
    """
    return parse_json_text(unfenced(value)) if isinstance(value, str) else value
