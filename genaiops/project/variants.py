"""A flow with what is said over it; faults of a variant stand where the variant is written."""

from pydantic import JsonValue, ValidationError

from genaiops.errors import Fault, InputError, SpecError
from genaiops.errors import suggest as nearest
from genaiops.project.overrides import FlowOverrides
from genaiops.specs.document import Document, Path
from genaiops.specs.flow import FlowSpec, PromptNode
from genaiops.specs.load import Loaded
from genaiops.specs.validation import explain


def overridden_flow(loaded: Loaded[FlowSpec], over: FlowOverrides) -> FlowSpec:
    """The flow under its variant, with another prompt and other parameters where they are said.

    Raises:
        SpecError: the variant does not fit.
        InputError: it is not clear whose prompt is meant.
    """
    spec = varied_flow(loaded, over.variant).spec if over.variant else loaded.spec
    prompts = {name: node for name, node in spec.nodes.items() if isinstance(node, PromptNode)}
    changed = dict(spec.nodes)
    if over.prompt is not None:
        name, file = _whose(over.prompt, tuple(prompts))
        prompts[name] = prompts[name].model_copy(update={"prompt": file})
    said = over.parameters.model_dump(exclude_unset=True) if over.parameters else {}
    for name, node in prompts.items():
        parameters = node.parameters.model_copy(update=said)
        changed[name] = node.model_copy(update={"parameters": parameters}) if said else node
    return spec.model_copy(update={"nodes": changed})


def _whose(prompt: str, nodes: tuple[str, ...]) -> tuple[str, str]:
    """The node whose prompt is replaced, and the file."""
    node, equals, file = prompt.partition("=")
    if equals and node in nodes:
        return node, file
    if len(nodes) == 1:
        return nodes[0], prompt
    known = ", ".join(nodes) or "none"
    raise InputError(f"-p {prompt}: write NODE=FILE; the flow's prompt nodes are: {known}")


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
