"""An evaluation that is ready to run: all that decides its numbers, by digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops import __version__
from genaiops.datasets import Dataset
from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.flow.planting import Planting
from genaiops.protocols import Flow, Metric
from genaiops.records import Case, EvalRun
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.references import resolve


def cases_digest(spec: EvalSpec) -> str:
    """What decides which cases of a dataset are run, and with which inputs."""
    planted = {"plant": spec.plant} if spec.plant is not None else {}
    said = {"filter": spec.filter, "limit": spec.limit, "inputs": spec.inputs}
    return digest({**said, **planted})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A flow, a dataset and metrics, wired.

    `flow_inputs` tells of each input of the flow whether a case must give it. `parts` are the
    digests of models, indexes and whatever else the flow was handed, by name. `planting` reaches
    its indexes.
    """

    name: str
    spec: EvalSpec
    flow: Flow
    flow_inputs: Mapping[str, bool]
    metrics: tuple[Metric, ...]
    dataset: Dataset
    parts: Mapping[str, str]
    models: tuple[str, ...] = ()
    seed: int = 0
    planting: Planting = field(default_factory=Planting)

    def digests(self) -> dict[str, str]:
        """The digest of each thing that decides a number."""
        return {
            "genaiops": __version__,
            **self.flow.parts,
            "dataset": self.dataset.digest,
            "cases": cases_digest(self.spec),
            "metrics": digest([metric.info.digest for metric in self.metrics]),
            **self.parts,
        }

    def planned_run(self, *, started_at: str, git_commit: str | None) -> EvalRun:
        """The record of this evaluation before its first case."""
        spec, digests = self.spec, self.digests()
        cases = self.dataset.count_cases(spec.filter, spec.limit)
        return EvalRun(
            id="",
            eval=self.name,
            digest=digest({"digests": digests, "seed": self.seed, "repeats": spec.repeats}),
            digests=digests,
            metrics=tuple(metric.info for metric in self.metrics),
            slices=spec.slice_tags,
            variant=spec.variant,
            models=self.models,
            seed=self.seed,
            repeats=spec.repeats,
            planned=cases * spec.repeats,
            version=__version__,
            started_at=started_at,
            git_commit=git_commit,
        )

    def inputs_of(self, case: Case) -> dict[str, JsonValue]:
        """The inputs of the flow for a case: as mapped, else those of the same name.

        Raises:
            InputError: the case lacks what the mapping names or the flow needs.
        """
        given: dict[str, JsonValue] = {}
        if self.spec.inputs:
            scope: dict[str, JsonValue] = {"case": case.model_dump(mode="json")}
            given = {name: resolve(value, scope) for name, value in self.spec.inputs.items()}
        for name, is_required in self.flow_inputs.items():
            if name in given:
                continue
            if name in case.inputs:
                given[name] = case.inputs[name]
            elif is_required:
                raise InputError(f"case {case.id!r} has no input {name!r}, which the flow needs")
        return given

    def planted_for(self, case: Case) -> str:
        """The text that is planted in the indexes of the flow for a case; mostly none.

        Raises:
            InputError: the case lacks it, or it is no text.
        """
        if self.spec.plant is None:
            return ""
        text = resolve(self.spec.plant, {"case": case.model_dump(mode="json")})
        if not isinstance(text, str):
            raise InputError(f"case {case.id!r}: what is planted is a text, not {text!r:.60}")
        return text
