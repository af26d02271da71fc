"""What a command line says over the files of an evaluation and its flow. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.records import Parameters
from genaiops.specs.evaluation import EvalSpec


@dataclass(frozen=True, slots=True)
class FlowOverrides:
    """What is said over a flow; None leaves what its file says.

    `model` stands in for that of every prompt node. `prompt` is a file that was named on the
    command line, by its name in the session, for the one prompt node, or as `node=name`.
    """

    variant: str | None = None
    model: str | None = None
    prompt: str | None = None
    parameters: Parameters | None = None

    @property
    def changes_spec(self) -> bool:
        """Whether there must be a file of a flow to change."""
        return (self.variant, self.prompt, self.parameters) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Overrides:
    """None, or nothing in the filter, leaves what the file says."""

    flow: FlowOverrides = field(default_factory=FlowOverrides)
    repeats: int | None = None
    limit: int | None = None
    concurrency: int | None = None
    dataset: str | None = None
    slices: tuple[str, ...] | None = None
    filter: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def over(self, spec: EvalSpec) -> EvalSpec:
        """The evaluation with these overrides."""
        given: dict[str, object] = {
            "variant": self.flow.variant,
            "model": self.flow.model,
            "repeats": self.repeats,
            "limit": self.limit,
            "concurrency": self.concurrency,
            "dataset": self.dataset,
            "slices": self.slices,
        }
        update = {key: value for key, value in given.items() if value is not None}
        merged = {**spec.filter, **self.filter}
        return spec.model_copy(update={**update, "filter": merged})
