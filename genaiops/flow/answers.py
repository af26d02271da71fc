"""Whether a model's answer can be used, and what it holds."""

from pydantic import JsonValue

from genaiops.errors import CallError, InputError
from genaiops.records import Completion
from genaiops.specs.json_schema import Schema, schema_errors
from genaiops.specs.json_text import parse_json_text, unfenced


def refuse_unusable(completion: Completion) -> None:
    """Refuse an answer that was filtered, cut off, or is empty.

    Raises:
        CallError: of kind content_filter, length or empty.
    """
    if completion.finish_reason == "content_filter":
        raise CallError("content_filter", "the provider's content filter withheld the answer")
    if completion.finish_reason == "length":
        tokens = completion.usage.output_tokens
        raise CallError("length", f"the answer was cut off after {tokens} tokens; raise max_tokens")
    if not completion.text.strip():
        raise CallError("empty", "the model answered nothing")


def parse_answer(text: str, schema: Schema) -> JsonValue:
    """The JSON value of an answer, with or without a fence around it, that keeps to its schema.

    Raises:
        CallError: of kind schema.
    """
    try:
        value = parse_json_text(unfenced(text))
    except InputError as error:
        raise CallError("schema", f"the answer is no JSON value: {error}") from error
    errors = schema_errors(value, schema)
    if errors:
        more = f" and {len(errors) - 3} more" if len(errors) > 3 else ""
        raise CallError("schema", f"the answer breaks its schema: {'; '.join(errors[:3])}{more}")
    return value
