"""Answers that should be JSON. Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator, JsonValue

from genaiops.errors import InputError
from genaiops.metrics.declare import metric
from genaiops.records import Score
from genaiops.specs.json_schema import Schema, check_schema, schema_errors
from genaiops.specs.json_text import parse_json_text

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)


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
    value = answer
    if isinstance(answer, str):
        fenced = _FENCED.fullmatch(answer)
        try:
            value = parse_json_text(fenced[1] if fenced else answer)
        except InputError as error:
            return Score(value=0.0, explanation=str(error))
    errors = schema_errors(value, schema)
    return Score(value=float(not errors), explanation="; ".join(errors[:5]) or None)
