"""From the specs of a project to objects that run; what was built is closed at the end."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar, cast

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import InputError, suggest
from genaiops.evaluations.evaluation import Evaluation
from genaiops.flow.calls import Calls, Resources
from genaiops.flow.compile import FlowParts, compile_flow
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.functions import UserFunction
from genaiops.flow.python_flow import PythonFlow
from genaiops.gates import check_gate
from genaiops.index.build import build_index
from genaiops.index.freshness import index_status
from genaiops.index.retrieve import BuiltIndex, open_index
from genaiops.metrics import MetricFunction, bind_metric
from genaiops.metrics import Resources as MetricResources
from genaiops.models.catalog import Catalog
from genaiops.project.code import find_code, is_python_flow
from genaiops.project.files import eval_name, flow_name
from genaiops.project.overrides import Overrides
from genaiops.project.session import Session
from genaiops.project.variants import varied_flow
from genaiops.project.wants import used_by_eval, used_by_flow
from genaiops.protocols import Embedder, Ledger, Metric, Model
from genaiops.records import MetricInfo
from genaiops.resolve import load_attribute, load_file_attribute
from genaiops.specs.evaluation import EvalSpec, GateSpec
from genaiops.specs.flow import FlowNode, FlowSpec, PromptNode, RetrieveNode
from genaiops.specs.index import IndexSpec

ThingT = TypeVar("ThingT")
Wrap = Callable[[Model], Model]


class _OnUse(Mapping[str, ThingT]):
    """Things by name that are made when they are first asked for."""

    def __init__(self, names: Mapping[str, object], make: Callable[[str], ThingT]) -> None:
        self._names = names
        self._make = make

    def __getitem__(self, name: str) -> ThingT:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Wiring:
    """Builds models, embedders, indexes and flows of a project, each once, on use.

    `wrap` may put something around each model: a recorder, or what stands in for it.
    """

    def __init__(
        self, session: Session, ledger: Ledger | None, *, wrap: Wrap | None = None
    ) -> None:
        self.session = session
        self.notes: list[str] = []
        self._project = session.project
        self._catalog = Catalog(
            session.project.catalog.spec,
            root=session.root,
            environment=session.environment,
            locked=session.lock.models,
        )
        self._calls = Calls(ledger)
        self._wrap = wrap
        self._models: dict[str, Model] = {}
        self._embedders: dict[str, Embedder] = {}
        self._indexes: dict[str, BuiltIndex] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for index in self._indexes.values():
            index.close()
        for thing in (*self._models.values(), *self._embedders.values()):
            await thing.aclose()

    @property
    def models(self) -> tuple[str, ...]:
        """The models built so far, by their own names."""
        return tuple(sorted(self._models))

    def parts(self) -> dict[str, str]:
        """The digests of the models and indexes built so far."""
        return {
            **{f"model {name}": model.identity for name, model in sorted(self._models.items())},
            **{f"index {name}": index.digest for name, index in sorted(self._indexes.items())},
        }

    def model(self, name: str) -> Model:
        """A model of the catalog, or the one that a selection chose.

        Raises:
            InputError: it cannot be built; the message says what is missing.
        """
        own = self._catalog.model_name(name)
        if own not in self._models:
            built = self._catalog.build_model(own)
            self._models[own] = self._wrap(built) if self._wrap else built
        return self._models[own]

    def embedder(self, name: str) -> Embedder:
        """An embedder of the catalog.

        Raises:
            InputError: it cannot be built; the message says what is missing.
        """
        if name not in self._embedders:
            self._embedders[name] = self._catalog.build_embedder(name)
        return self._embedders[name]

    async def flow(
        self, name: str, *, variant: str | None = None, model: str | None = None
    ) -> CompiledFlow | PythonFlow:
        """A flow that runs, after its project was found to be trusted with what it wants.

        Raises:
            InputError: a name, file, function or variable is missing or does not fit.
            TrustError: something that it uses is not trusted yet.
        """
        used = used_by_flow(self._project, name, variant=variant, model=model)
        self.session.require_trust(used)
        for index in sorted(used.indexes & self._project.indexes.keys()):
            await self.index(index)
        if is_python_flow(name):
            if variant is not None:
                raise InputError(f"{name} is a Python function and has no variants")
            return PythonFlow(name, self._function(name, self.session.root), self._all(model))
        return self._compiled(name, variant, model, ())

    async def evaluation(self, name: str, overrides: Overrides) -> Evaluation:
        """An evaluation that is ready to run.

        Raises:
            InputError: a name, file, function or variable is missing or does not fit.
            TrustError: something that it uses is not trusted yet.
        """
        spec = overrides.over(self._project.eval(name).spec)
        used = used_by_eval(self._project, name, variant=spec.variant, model=spec.model)
        self.session.require_trust(used)
        flow = await self.flow(spec.flow, variant=spec.variant, model=spec.model)
        dataset = open_dataset(self.session.root / spec.dataset, spec.dataset)
        self.notes.extend(str(warning) for warning in dataset.warnings)
        is_compiled = isinstance(flow, CompiledFlow)
        metrics = self._metrics(spec, flow.spec.outputs if is_compiled else None, dataset)
        _check_gates(spec.gates, {metric.info.name: metric.info for metric in metrics})
        return Evaluation(
            name=eval_name(name),
            spec=spec,
            flow=flow,
            flow_inputs=_inputs_of(flow),
            metrics=metrics,
            dataset=dataset,
            parts=self.parts() if is_compiled else self._all_parts(),
            models=self.models if is_compiled else (),
            seed=self._project.spec.seed if spec.seed is None else spec.seed,
        )

    def _metrics(
        self, spec: EvalSpec, outputs: Collection[str] | None, dataset: Dataset
    ) -> tuple[Metric, ...]:
        own = {use.metric for use in spec.metrics if is_python_flow(use.metric)}
        resources = MetricResources(
            embedders=_OnUse(self._project.catalog.spec.embedders, self.embedder),
            functions={
                text: cast("MetricFunction", self.load(text, self.session.root)) for text in own
            },
        )
        expected = dataset.names("expected")
        return tuple(
            bind_metric(use, outputs=outputs, expected=expected, resources=resources)
            for use in spec.metrics
        )

    def _all_parts(self) -> dict[str, str]:
        """For a Python function, which may ask any model: the catalog, and what is open."""
        return {"catalog": self._project.catalog.spec.digest, **self.parts()}

    def _function(self, text: str, folder: Path) -> UserFunction:
        return UserFunction(text, self.load(text, folder))

    def load(self, text: str, folder: Path) -> object:
        """The object behind `nodes.py:clean` or `package.module:function`.

        Raises:
            InputError: it is not there, or does not load.
        """
        code = find_code(text, folder=folder, root=self.session.root)
        if code.file is None:
            return load_attribute(text)
        return load_file_attribute(code.file, code.attribute)

    def _compiled(
        self, name: str, variant: str | None, model: str | None, above: tuple[str, ...]
    ) -> CompiledFlow:
        own = flow_name(name)
        if own in above:
            raise InputError(f"flows run each other in a circle: {' -> '.join((*above, own))}")
        loaded = self._project.flow(name)
        spec = varied_flow(loaded, variant).spec if variant else loaded.spec
        folder = self._project.flow_folder(name)
        parts = FlowParts(
            folder=folder,
            root=self.session.root,
            resources=self._used_by(spec, model),
            load=lambda text: self.load(text, folder),
            flows={
                node.flow: self._compiled(node.flow, None, model, (*above, own))
                for node in spec.nodes.values()
                if isinstance(node, FlowNode)
            },
            embedders=self._rerankers(spec),
        )
        return compile_flow(own, spec, parts)

    def _used_by(self, spec: FlowSpec, model: str | None) -> Resources:
        """Only what the nodes name, so that nothing else has to be there."""
        everything = self._all(model)
        names = {node.model for node in spec.nodes.values() if isinstance(node, PromptNode)}
        if model is not None:
            names = {model}
        for name in names:
            self.model(name)
        return everything

    def _all(self, model: str | None) -> Resources:
        catalog = self._project.catalog.spec
        return Resources(
            calls=self._calls,
            models=_OnUse({**catalog.models, **catalog.selections}, self.model),
            indexes=self._indexes,
            stand_in=model,
        )

    def _rerankers(self, spec: FlowSpec) -> dict[str, Embedder]:
        found: dict[str, Embedder] = {}
        for node in spec.nodes.values():
            if isinstance(node, RetrieveNode) and node.retrieve in self._project.indexes:
                embedder = self._project.index(node.retrieve).spec.embedder
                if embedder is not None:
                    found[node.retrieve] = self.embedder(embedder)
        return found

    async def index(self, name: str) -> BuiltIndex:
        """An index, open; one that was never built is built first, and that is noted.

        Raises:
            InputError: it is stale, damaged, or its sources or embedder are wrong.
        """
        if name not in self._indexes:
            spec = self._project.index(name).spec
            embedder = embedder_of(self, spec)
            root, clock = self.session.root, self.session.clock
            if index_status(spec, name, root, embedder, clock=clock).state == "never_built":
                version = await build_index(spec, name, root, embedder, clock=clock)
                self.notes.append(
                    f"built index {name}: {len(version.documents())} documents, "
                    f"{version.manifest.passages} passages"
                )
            self._indexes[name] = open_index(spec, name, root, embedder, clock=clock)
            self.notes.extend(self._indexes[name].warnings)
        return self._indexes[name]


def embedder_of(wiring: Wiring, spec: IndexSpec) -> Embedder | None:
    """The embedder that an index names, or None.

    Raises:
        InputError: it cannot be built.
    """
    return wiring.embedder(spec.embedder) if spec.embedder is not None else None


def _check_gates(gates: Sequence[GateSpec], infos: Mapping[str, MetricInfo]) -> None:
    """See that each gate fits its metric, before any call is paid for.

    Raises:
        InputError: a gate names no metric of the evaluation, or does not fit it; all faults.
    """
    told: list[str] = []
    for gate in gates:
        if gate.metric not in infos:
            told.append(f"a gate: unknown metric {gate.metric!r}{suggest(gate.metric, infos)}")
        else:
            told.extend(check_gate(gate, infos[gate.metric]))
    if told:
        raise InputError("\n".join(told))


def _inputs_of(flow: CompiledFlow | PythonFlow) -> dict[str, bool]:
    """The inputs of a flow, and whether each must be given."""
    if isinstance(flow, CompiledFlow):
        return {name: spec.is_required for name, spec in flow.spec.inputs.items()}
    return dict.fromkeys(flow.function.required, True) | dict.fromkeys(
        flow.function.optional, False
    )
