"""A flow as a server offers it: what its inputs and outputs are, and whether its text streams.

Pure, but for the annotations of Python functions, which are looked at.
"""

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue, TypeAdapter
from pydantic.errors import PydanticUserError

from genaiops.flow.annotations import hints_of
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.functions import UserFunction
from genaiops.flow.python_flow import PythonFlow
from genaiops.records import Message, Passage
from genaiops.serve.served import ChatInputs, ServedFlow
from genaiops.specs.flow import (
    FirstOf,
    FlowSpec,
    InputSpec,
    InputType,
    NodeSpec,
    PromptNode,
    RetrieveNode,
)
from genaiops.specs.json_schema import Schema
from genaiops.specs.references import Reference, parse_template

_MESSAGE: Schema = Message.model_json_schema()
_TURN: Schema = {
    "allOf": [_MESSAGE, {"properties": {"role": {"enum": ["user", "assistant", "tool"]}}}]
}
_PASSAGE: Schema = Passage.model_json_schema()
_TYPES: Mapping[InputType, Schema] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "list": {"type": "array", "items": {}},
    "messages": {"type": "array", "items": _TURN},
    "passages": {"type": "array", "items": _PASSAGE},
}
_PROMPT: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "finish_reason": {"type": "string"},
    "tool_calls": {"type": "array", "items": {"type": "object"}},
    "usage": {"type": "object"},
}


def offered(flow: CompiledFlow | PythonFlow, *, digest: str, chat: ChatInputs | None) -> ServedFlow:
    """A flow as a server offers it; `digest` covers all that its answers depend on."""
    if isinstance(flow, CompiledFlow):
        return ServedFlow(
            flow=flow,
            digest=digest,
            inputs=_inputs(flow.spec.inputs),
            outputs=_outputs(flow.spec),
            chat=chat,
            streams=streams(flow.spec),
            description=flow.spec.description,
        )
    return ServedFlow(
        flow=flow,
        digest=digest,
        inputs=_parameters(flow.function),
        outputs=_returned(flow.function),
        chat=chat,
        streams=False,
        description=flow.function.description,
    )


def streams(spec: FlowSpec) -> bool:
    """Whether what a model says is the answer, word by word: then it is sent while it comes.

    The first output must be the text of one prompt node, which neither loops, calls tools nor has a
    stand-in for what it said.
    """
    output = next(iter(spec.outputs.values()))
    if isinstance(output, FirstOf):
        return False
    reference = parse_template(output)
    if not isinstance(reference, Reference) or reference.path != ("text",):
        return False
    node = spec.nodes.get(reference.root)
    return (
        isinstance(node, PromptNode)
        and not node.tools
        and node.for_each is None
        and node.on_error is None
    )


def _inputs(declared: Mapping[str, InputSpec]) -> Schema:
    properties: Schema = {name: _input(spec) for name, spec in declared.items()}
    return _object(properties, [name for name, spec in declared.items() if spec.is_required])


def _input(spec: InputSpec) -> Schema:
    taken = _TYPES[spec.type]
    either: list[JsonValue] = [taken, {"type": "null"}]
    schema: Schema = {**taken}
    if not spec.is_required:
        schema = {"anyOf": either, "default": spec.default}
    if spec.description:
        schema["description"] = spec.description
    return schema


def _outputs(spec: FlowSpec) -> Schema:
    may_be_skipped = any(node.when is not None for node in spec.nodes.values())
    properties: Schema = {}
    for name, output in spec.outputs.items():
        schema = {} if isinstance(output, FirstOf) else _output(output, spec)
        is_null_too = may_be_skipped and schema
        properties[name] = {"anyOf": [schema, {"type": "null"}]} if is_null_too else schema
    return _object(properties, list(spec.outputs))


def _output(text: str, spec: FlowSpec) -> Schema:
    """What an output is, as far as its reference tells; anything otherwise."""
    reference = parse_template(text)
    if not isinstance(reference, Reference):
        return {"type": "string"}
    if reference.root == "inputs" and len(reference.path) == 1:
        given = spec.inputs.get(reference.path[0])
        return {} if given is None else _input(given)
    node = spec.nodes.get(reference.root)
    if node is None or node.for_each is not None or node.on_error is not None:
        return {}
    return _of_node(node, reference.path)


def _of_node(node: NodeSpec, path: tuple[str, ...]) -> Schema:
    if isinstance(node, PromptNode) and len(path) == 1:
        return _PROMPT.get(path[0], {})
    if isinstance(node, RetrieveNode) and path == ("passages",):
        return _TYPES["passages"]
    return {}


def _parameters(function: UserFunction) -> Schema:
    hints = hints_of(function.function)
    names = [*sorted(function.required), *sorted(function.optional)]
    properties: Schema = {name: _annotated(hints.get(name)) for name in names}
    return {
        **_object(properties, sorted(function.required)),
        "additionalProperties": function.takes_any,
    }


def _returned(function: UserFunction) -> Schema:
    if hints_of(function.function).get("return") is str:
        return _object({"answer": {"type": "string"}}, ["answer"])
    return {"type": "object"}


def _annotated(hint: Any) -> Schema:  # noqa: ANN401  an annotation may be anything
    """What an annotation takes; anything where it says nothing that JSON can."""
    if hint is None or hint is inspect.Parameter.empty:
        return {}
    try:
        schema: Schema = TypeAdapter[Any](hint).json_schema()
    except (PydanticUserError, NameError, TypeError):
        return {}
    return schema


def _object(properties: Schema, required: list[str]) -> Schema:
    named: list[JsonValue] = [*required]
    return {
        "type": "object",
        "properties": properties,
        "required": named,
        "additionalProperties": False,
    }
