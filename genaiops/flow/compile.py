"""From a FlowSpec to a flow that runs: prompts read, functions loaded, names looked up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genaiops.digests import digest
from genaiops.errors import InputError, suggest
from genaiops.flow.calls import Resources
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.functions import UserFunction
from genaiops.flow.graph import build_graph, check_graph, references_in
from genaiops.flow.other_nodes import FlowStep, PythonStep, RetrieveStep, SubFlow
from genaiops.flow.plan import plan_runs
from genaiops.flow.prompt_node import PromptStep
from genaiops.flow.rerank import EmbedderReranker, FunctionReranker, ModelReranker, Reranker
from genaiops.flow.tools import PythonTool
from genaiops.flow.trace import Step
from genaiops.prompts import Prompt, load_prompt
from genaiops.protocols import Embedder
from genaiops.specs.flow import FlowNode, FlowSpec, NodeSpec, PromptNode, PythonNode, RetrieveNode


@dataclass(frozen=True, slots=True)
class FlowParts:
    """What a flow is compiled with.

    Args:
        folder: where its prompt files are.
        root: the project; no prompt file may lie outside, and messages name files from here.
        resources: models, indexes and the calls to them.
        load: gives the object behind `nodes.py:clean` or `package.module:function`.
        flows: compiled sub-flows by what a flow node says.
        embedders: by the name of the index that was built with them, for `rerank: {by: embedder}`.
        prompts: files that were named on the command line, by what a node says; they may lie
            anywhere.
    """

    folder: Path
    root: Path
    resources: Resources
    load: Callable[[str], object]
    flows: Mapping[str, SubFlow] = field(default_factory=dict[str, SubFlow])
    embedders: Mapping[str, Embedder] = field(default_factory=dict[str, Embedder])
    prompts: Mapping[str, Path] = field(default_factory=dict[str, Path])


def compile_flow(name: str, spec: FlowSpec, parts: FlowParts) -> CompiledFlow:
    """Make a flow that runs; a variant is applied before, by `spec.varied`.

    Raises:
        InputError: faults of the graph, a name that is not known, or a function that does not fit.
        SpecError: a prompt file is missing or its front matter does not fit.
        TemplateError: a prompt file is no template.
    """
    faults = check_graph(spec)
    if faults:
        told = "\n".join(f"{'.'.join(map(str, f.path))}: {f.message}" for f in faults)
        raise InputError(f"flow {name!r} cannot run:\n{told}")
    compiler = _Compiler(parts)
    steps = {node_name: compiler.step(node_name, node) for node_name, node in spec.nodes.items()}
    _check_json(spec, steps)
    told_spec = spec.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude={"variants", "description"}
    )
    files = dict(sorted(compiler.digests.items()))
    made_of = {f"flow {name}": digest(told_spec), **files}
    graph = build_graph(spec)
    return CompiledFlow(name, made_of, spec, graph, steps, plan_runs(spec, graph))


def _check_json(spec: FlowSpec, steps: Mapping[str, Step]) -> None:
    for reference in references_in(spec):
        step = steps.get(reference.root)
        if not isinstance(step, PromptStep) or step.prompt.spec.response_schema is not None:
            continue
        asked = reference.path[1:] if step.node.for_each is not None else reference.path
        if "json" in asked[:1]:
            shown = step.prompt.shown
            raise InputError(f"{reference}: {shown} has no response_schema, so there is no json")


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Makes steps, and gathers the digests of what is behind them: `prompt a.md`, `python n.py`."""

    parts: FlowParts
    digests: dict[str, str] = field(default_factory=dict[str, str])

    def step(self, name: str, node: NodeSpec) -> Step:
        try:
            return self._step(node)
        except InputError as error:
            if type(error) is InputError:
                raise InputError(f"node {name!r}: {error}") from error
            raise

    def _step(self, node: NodeSpec) -> Step:
        resources = self.parts.resources
        match node:
            case PromptNode():
                return self._prompt_step(node)
            case RetrieveNode():
                return RetrieveStep(node, resources.index(node.retrieve), self._reranker(node))
            case PythonNode():
                function = self._function(node.python)
                function.check_arguments(node.with_)
                return PythonStep(node, function, resources)
            case FlowNode():
                return self._flow_step(node)

    def _prompt_step(self, node: PromptNode) -> PromptStep:
        prompt = self._prompt(node.prompt)
        missing = sorted(prompt.required - node.with_.keys())
        if missing:
            tail = suggest(missing[0], node.with_) if node.with_ else ""
            raise InputError(
                f"{prompt.shown} needs {missing[0]!r}, which `with` does not give{tail}"
            )
        tools = {name: PythonTool(name, self._function(text)) for name, text in node.tools.items()}
        resources = self.parts.resources
        return PromptStep(node, prompt, resources.model(node.model), tools, resources.calls)

    def _prompt(self, written: str) -> Prompt:
        named = self.parts.prompts.get(written)
        path = named or self.parts.folder / written
        root = self.parts.root.resolve()
        if named is None and not path.resolve().is_relative_to(root):
            raise InputError(f"{written!r} lies outside of the project")
        shown = path.relative_to(self.parts.root) if path.is_relative_to(self.parts.root) else path
        prompt = load_prompt(path, shown.as_posix())
        self.digests[f"prompt {prompt.shown}"] = prompt.digest
        return prompt

    def _function(self, text: str) -> UserFunction:
        function = UserFunction(text, self.parts.load(text))
        self.digests[f"python {self._own_file(function) or text}"] = function.digest
        return function

    def _own_file(self, function: UserFunction) -> str | None:
        """The file of a function from the root; None where the project does not hold it."""
        root = self.parts.root.resolve()
        file = function.file.resolve() if function.file else None
        return file.relative_to(root).as_posix() if file and file.is_relative_to(root) else None

    def _flow_step(self, node: FlowNode) -> FlowStep:
        if node.flow not in self.parts.flows:
            raise InputError.unknown("flow", node.flow, self.parts.flows)
        flow = self.parts.flows[node.flow]
        self.digests.update(flow.parts)
        return FlowStep(node, flow)

    def _reranker(self, node: RetrieveNode) -> Reranker | None:
        if node.rerank is None:
            return None
        by = node.rerank.by
        if ":" in by:
            return FunctionReranker(self._function(by))
        if by != "embedder":
            return ModelReranker(self.parts.resources.reranker(by), self.parts.resources.calls)
        embedder = self.parts.embedders.get(node.retrieve)
        if embedder is None:
            raise InputError(f"the index {node.retrieve!r} has no embedder to rerank by")
        return EmbedderReranker(embedder)
