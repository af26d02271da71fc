"""A case with what a flow made of it, as `genaiops metrics try --file` reads it."""

from pydantic import JsonValue

from genaiops.specs.base import Spec


class AnsweredCase(Spec):
    """One case and the outputs of one run of it; every part may be left out."""

    id: str = "case"
    inputs: dict[str, JsonValue] = {}
    expected: dict[str, JsonValue] = {}
    tags: dict[str, JsonValue] = {}
    outputs: dict[str, JsonValue] = {}
