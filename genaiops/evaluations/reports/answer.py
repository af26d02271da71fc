"""What a case was asked and what came of it, as one text that may hold anything. Pure."""

from collections.abc import Mapping

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.store import StoredResult


def answer_text(stored: StoredResult) -> str:
    """The first text among the outputs of a case, or why there is none."""
    result = stored.result
    if result.failure is not None:
        return f"{result.failure.kind}: {result.failure.message}"
    text = first_text(result.outputs or {})
    return canonical_json(result.outputs) if text is None else text


def asked_text(stored: StoredResult) -> str:
    """The input of a case; several, or one that is no text, as JSON."""
    inputs = stored.case.inputs
    only = first_text(inputs) if len(inputs) == 1 else None
    return canonical_json(inputs) if only is None else only


def first_text(values: Mapping[str, JsonValue]) -> str | None:
    """The first value that is a text; None where none is."""
    return next((value for value in values.values() if isinstance(value, str)), None)
