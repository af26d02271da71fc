"""From the specs of a project to flows and evaluations that run; all is closed at the end."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self, cast

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.evaluations.recorded_flow import RecordedFlow
from genaiops.flow.compile import FlowParts, compile_flow
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.functions import UserFunction
from genaiops.flow.hold import OnHold, untold
from genaiops.flow.python_flow import PythonFlow
from genaiops.metrics import MetricFunction, bind_metric
from genaiops.metrics import Resources as MetricResources
from genaiops.project.check_gates import GateProblem, gate_problems
from genaiops.project.check_slices import tag_problems
from genaiops.project.code import is_python_flow
from genaiops.project.files import eval_name, flow_name
from genaiops.project.judges import judge_functions, self_preference
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote, Supplies, Wrap
from genaiops.project.variants import overridden_flow
from genaiops.project.wants import Used, code_digests, used_by_eval, used_by_flow, used_by_metrics
from genaiops.protocols import Embedder, Ledger, Metric
from genaiops.specs.document import Document
from genaiops.specs.evaluation import IMPORTED, EvalSpec, MetricUse
from genaiops.specs.flow import FlowNode, FlowSpec, PromptNode, RetrieveNode
from genaiops.specs.index import IndexSpec

if TYPE_CHECKING:  # an evaluation without an index does not load what builds one
    from genaiops.index.retrieve import BuiltIndex


class Wiring:
    """Builds flows and evaluations of a project, and what they need, each once.

    `wrap`, `on_wait` and `on_hold` are those of `Supplies`.
    """

    def __init__(
        self,
        session: Session,
        ledger: Ledger | None,
        *,
        wrap: Wrap | None = None,
        on_wait: OnNote | None = None,
        on_hold: OnHold = untold,
    ) -> None:
        self._session = session
        self._project = session.project
        self._supplies = Supplies(session, ledger, wrap, on_wait=on_wait, on_hold=on_hold)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._supplies.aclose()

    @property
    def notes(self) -> list[str]:
        """What the user should know: an index that was built, a warning of the data."""
        return self._supplies.notes

    @property
    def models(self) -> tuple[str, ...]:
        """The models built so far, by their own names."""
        return self._supplies.models

    async def index(self, name: str) -> "BuiltIndex":
        """An index, open; see `Supplies.index`."""
        return await self._supplies.index(name)

    def embedder_of(self, spec: IndexSpec) -> Embedder | None:
        """The embedder that an index names, or None; see `Supplies.embedder_of`."""
        return self._supplies.embedder_of(spec)

    def builder_of(self, spec: IndexSpec) -> Embedder | None:
        """The embedder to build an index with, or None; see `Supplies.builder_of`."""
        return self._supplies.builder_of(spec)

    async def flow(
        self, name: str, overrides: FlowOverrides | None = None
    ) -> CompiledFlow | PythonFlow:
        """A flow that runs, after its project was found to be trusted with what it wants.

        Raises:
            InputError: a name, file, function or variable is missing or does not fit.
            TrustError: something that it uses is not trusted yet.
        """
        over = overrides or FlowOverrides()
        used = used_by_flow(self._project, name, variant=over.variant, model=over.model)
        self._session.require_trust(used)
        for index in sorted(used.indexes & self._project.indexes.keys()):
            await self.index(index)
        if is_python_flow(name):
            if over.changes_spec:
                raise InputError(f"{name} is a Python function: it has no variants and no prompts")
            function = UserFunction(name, self._supplies.load(name, self._session.root))
            return PythonFlow(name, function, self._supplies.resources(over.model))
        return self._compiled(name, over, ())

    async def parts(self, name: str) -> Mapping[str, str]:
        """The digests of all that the answers of a flow depend on, as its runs carry them.

        Raises:
            InputError, TrustError: as for `flow`.
        """
        flow = await self.flow(name)
        used = used_by_flow(self._project, name)
        own = self._digests(is_python=isinstance(flow, PythonFlow))
        return {**flow.parts, **code_digests(self._project, used), **own}

    async def evaluation(self, name: str, overrides: Overrides) -> Evaluation:
        """An evaluation that is ready to run.

        Raises:
            InputError: a name, file, function or variable is missing or does not fit.
            TrustError: something that it uses is not trusted yet.
        """
        spec = overrides.over(self._project.eval(name).spec)
        if spec.flow == IMPORTED:
            raise InputError(
                f"the answers of {name} come from elsewhere, so there is nothing to run: genaiops "
                f"import ANSWERS.csv --eval {name} brings them in, genaiops gate {name} --run ID "
                "judges them"
            )
        used = used_by_eval(self._project, name, variant=spec.variant, model=spec.model)
        self._session.require_trust(used)
        over = FlowOverrides(
            spec.variant, spec.model, overrides.flow.prompt, overrides.flow.parameters
        )
        return self._evaluation(name, spec, await self.flow(spec.flow, over), used)

    def scoring(self, name: str, spec: EvalSpec, recorded: RecordedFlow) -> Evaluation:
        """An evaluation of answers that are there already, by the metrics of a spec.

        Raises:
            InputError: a name, file, function or variable is missing or does not fit.
            TrustError: a metric uses what is not trusted yet.
        """
        used = used_by_metrics(self._project, spec.metrics)
        self._session.require_trust(used)
        return self._evaluation(name, spec, recorded, used)

    def _evaluation(
        self, name: str, spec: EvalSpec, flow: CompiledFlow | PythonFlow | RecordedFlow, used: Used
    ) -> Evaluation:
        dataset = open_dataset(
            self._session.dataset_path(spec.dataset), self._session.shown(spec.dataset)
        )
        document = self._project.eval(name).document
        _refuse(document, ((each.path, each.message) for each in tag_problems(spec, dataset)))
        self.notes.extend(str(warning) for warning in dataset.warnings)
        is_compiled = isinstance(flow, CompiledFlow)
        recorded = flow.models if isinstance(flow, RecordedFlow) else ()
        answering = self.models if is_compiled else recorded
        metrics = self.metrics(
            spec.metrics,
            outputs=flow.spec.outputs if is_compiled else None,
            expected=dataset.names("expected"),
            inputs=dataset.names("inputs"),
        )
        infos = {metric.info.name: metric.info for metric in metrics}
        catalog = self._project.catalog.spec
        self.notes.extend(self_preference(infos.values(), answering, catalog))
        _refuse(document, gate_problems(spec.gates, infos, infos))
        return Evaluation(
            name=eval_name(name),
            spec=spec,
            flow=flow,
            flow_inputs=_inputs_of(flow, dataset),
            metrics=metrics,
            dataset=dataset,
            planting=self._supplies.planting,
            parts={
                **code_digests(self._project, used),
                **self._digests(is_python=isinstance(flow, PythonFlow)),
            },
            models=answering,
            seed=self._project.spec.seed if spec.seed is None else spec.seed,
        )

    def functions(self, uses: Sequence[MetricUse]) -> Mapping[str, MetricFunction]:
        """The project's own functions among metrics, and judges, by what an evaluation calls them.

        Raises:
            InputError: one is not there, or does not load.
            TrustError: one is not trusted yet.
        """
        own = [use for use in uses if is_python_flow(use.metric)]
        self._session.require_trust(used_by_metrics(self._project, own))
        loaded = {use.metric: self._supplies.load(use.metric, self._session.root) for use in own}
        judges = judge_functions(self._project, uses, self._session.lock.models)
        return {**cast("Mapping[str, MetricFunction]", loaded), **judges}

    def metrics(
        self,
        uses: Sequence[MetricUse],
        *,
        outputs: Collection[str] | None,
        expected: Collection[str],
        inputs: Collection[str] | None = None,
    ) -> tuple[Metric, ...]:
        """Metrics that score; `outputs` are None where only running the flow's code would tell.

        `inputs` are those of the cases, where they are known.

        Raises:
            InputError: a use is wrong, or what it needs is missing.
            TrustError: one uses what is not trusted yet.
        """
        resources = MetricResources(
            embedders=self._supplies.embedders(),
            models=self._supplies.judges(),
            functions=self.functions(uses),
        )
        return tuple(
            bind_metric(use, outputs=outputs, expected=expected, inputs=inputs, resources=resources)
            for use in uses
        )

    def _digests(self, *, is_python: bool) -> dict[str, str]:
        """Of models and indexes; a Python function may ask any model, so of the catalog too."""
        built = self._supplies.digests()
        if not is_python:
            return built
        return {"catalog": self._project.catalog.spec.digest, **built}

    def _compiled(self, name: str, over: FlowOverrides, above: tuple[str, ...]) -> CompiledFlow:
        own = flow_name(name)
        if own in above:
            raise InputError(f"flows run each other in a circle: {' -> '.join((*above, own))}")
        spec = overridden_flow(self._project.flow(name), over)
        folder = self._project.flow_folder(name)
        below = FlowOverrides(model=over.model)
        for model in _models_of(spec, over.model):
            self._supplies.model(model)
        parts = FlowParts(
            folder=folder,
            root=self._session.root,
            resources=self._supplies.resources(over.model),
            load=lambda text: self._supplies.load(text, folder),
            flows={
                node.flow: self._compiled(node.flow, below, (*above, own))
                for node in spec.nodes.values()
                if isinstance(node, FlowNode)
            },
            embedders=self._rerankers(spec),
            prompts=self._session.files,
        )
        return compile_flow(own, spec, parts)

    def _rerankers(self, spec: FlowSpec) -> dict[str, Embedder]:
        found: dict[str, Embedder] = {}
        for node in spec.nodes.values():
            if isinstance(node, RetrieveNode) and node.retrieve in self._project.indexes:
                embedder = self.embedder_of(self._project.index(node.retrieve).spec)
                if embedder is not None:
                    found[node.retrieve] = embedder
        return found


def _models_of(spec: FlowSpec, stand_in: str | None) -> set[str]:
    """Only what the nodes name, so that nothing else has to be there."""
    if stand_in is not None:
        return {stand_in}
    return {node.model for node in spec.nodes.values() if isinstance(node, PromptNode)}


def _refuse(document: Document, problems: Iterable[GateProblem]) -> None:
    """Tell what does not fit before any call is paid for; of gates with the line in their file.

    What the command line can say in place of the file has no line.

    Raises:
        InputError: something does not fit; all that does not.
    """
    told = [
        str(document.fault(path, message))
        if path[0] == "gates" and path[:2] in document.places
        else message
        for path, message in problems
    ]
    if told:
        raise InputError("\n".join(told))


def _inputs_of(flow: CompiledFlow | PythonFlow | RecordedFlow, dataset: Dataset) -> dict[str, bool]:
    """The inputs of a flow, and whether each must be given."""
    if isinstance(flow, RecordedFlow):
        return dict.fromkeys(dataset.names("inputs"), False)
    if isinstance(flow, CompiledFlow):
        return {name: spec.is_required for name, spec in flow.spec.inputs.items()}
    return dict.fromkeys(flow.function.required, True) | dict.fromkeys(
        flow.function.optional, False
    )
