"""The flow that a red team attacks, and where its probes and documents can be put."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.project.code import is_python_flow
from genaiops.project.files import Project
from genaiops.project.own_function import read_function
from genaiops.project.session import Session
from genaiops.redteam import Target
from genaiops.specs.flow import FlowNode, FlowSpec, RetrieveNode


def attacked_flow(session: Session, named: str | None) -> str:
    """The flow that is named, or the only one.

    Raises:
        InputError: there is none of that name, or no other choice than to name one.
    """
    if named is not None:
        if not is_python_flow(named):
            session.project.flow(named)
        return named
    names = list(session.project.flows)
    if len(names) != 1:
        known = f"; there are {', '.join(names)}" if names else ""
        raise InputError(f"name the flow to attack, such as flows/assistant or app:answer{known}")
    return names[0]


def target_of(session: Session, flow: str, given: Mapping[str, JsonValue]) -> Target:
    """The form of a flow; `given` are its inputs that are not attacked.

    Raises:
        InputError: no input, or more than one, takes the probes; or another has no value.
    """
    if is_python_flow(flow):
        return _target_of_function(flow, session.root, given)
    return _target_of_flow(session.project, flow, given)


def _target_of_flow(project: Project, name: str, given: Mapping[str, JsonValue]) -> Target:
    spec = project.flow(name).spec
    inputs = {key: each for key, each in spec.inputs.items() if key not in given}
    passages = [key for key, each in inputs.items() if each.type == "passages"]
    texts = [key for key, each in inputs.items() if each.type == "string"]
    required = [key for key in texts if inputs[key].is_required] or texts
    others = [
        key for key, each in inputs.items() if each.is_required and key not in (*texts, *passages)
    ]
    return Target(
        question=_question(f"flow {name!r}", required, others),
        passages=passages[0] if passages else None,
        plants=_retrieves(project, spec),
    )


def _target_of_function(text: str, root: Path, given: Mapping[str, JsonValue]) -> Target:
    """A function takes a document with the question: what it retrieves, only running it tells."""
    declared = read_function(text, root).declared
    left = [name for name in declared.required if name not in given]
    return Target(question=_question(text, left or [*declared.optional][:1], []))


def _question(what: str, texts: list[str], others: list[str]) -> str:
    """The one input that takes the probes.

    Raises:
        InputError: there are none or several, or others have no value.
    """
    if others:
        raise InputError(f"{what} needs {', '.join(others)} too: say it by -i {others[0]}=VALUE")
    if len(texts) != 1:
        told = f"takes several texts ({', '.join(texts)})" if texts else "takes no text"
        raise InputError(f"{what} {told}: one input has to take the probes; say others by -i")
    return texts[0]


def _retrieves(project: Project, spec: FlowSpec) -> bool:
    """Whether the flow, or one below it, asks an index."""
    return any(
        isinstance(node, RetrieveNode)
        or (isinstance(node, FlowNode) and _retrieves(project, project.flow(node.flow).spec))
        for node in spec.nodes.values()
    )
