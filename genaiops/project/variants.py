"""A flow with the overrides of a variant, whose faults stand where the variant is written."""

from pydantic import JsonValue, ValidationError

from genaiops.errors import Fault, SpecError
from genaiops.errors import suggest as nearest
from genaiops.specs.document import Document, Path
from genaiops.specs.flow import FlowSpec
from genaiops.specs.load import Loaded
from genaiops.specs.validation import explain


def varied_flow(loaded: Loaded[FlowSpec], variant: str) -> Loaded[FlowSpec]:
    """The flow under a variant, with a document that leads to the variant's own lines.

    Raises:
        SpecError: the variant names a node that is not there, or an override does not fit.
    """
    spec, document = loaded
    unknown: list[Fault] = []
    for node in spec.variants[variant]:
        if node not in spec.nodes:
            message = f"variant {variant!r}: there is no node {node!r}{nearest(node, spec.nodes)}"
            unknown.append(document.fault(("variants", variant, node), message))
    if unknown:
        raise SpecError(unknown)
    overlaid = _overlaid(spec, document, variant)
    try:
        return Loaded(spec.varied(variant), overlaid)
    except ValidationError as error:
        raise SpecError(explain(error, FlowSpec, overlaid)) from error


def _overlaid(spec: FlowSpec, document: Document, variant: str) -> Document:
    """The document in which the places of overridden keys are those in the variant."""
    overrides = spec.variants[variant]
    places = {
        path: place
        for path, place in document.places.items()
        if not (path[:1] == ("nodes",) and len(path) > 2 and path[2] in _keys(overrides, path))
    }
    for path, place in document.places.items():
        if path[:2] == ("variants", variant) and len(path) > 2:
            places[("nodes", *path[2:])] = place
    return Document(document.shown, _overlaid_value(document.value, overrides), places)


def _keys(overrides: dict[str, dict[str, JsonValue]], path: Path) -> dict[str, JsonValue]:
    return overrides.get(str(path[1]), {})


def _overlaid_value(value: JsonValue, overrides: dict[str, dict[str, JsonValue]]) -> JsonValue:
    nodes = value["nodes"] if isinstance(value, dict) else None
    if not (isinstance(value, dict) and isinstance(nodes, dict)):
        return value
    merged: dict[str, JsonValue] = dict(nodes)
    for node, keys in overrides.items():
        base = nodes[node]
        merged[node] = {**base, **keys} if isinstance(base, dict) else base
    return {**value, "nodes": merged}
