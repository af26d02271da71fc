"""What a command line says over an evaluation's file. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.specs.evaluation import EvalSpec


@dataclass(frozen=True, slots=True)
class Overrides:
    """None, or nothing in the filter, leaves what the file says."""

    variant: str | None = None
    model: str | None = None
    repeats: int | None = None
    limit: int | None = None
    concurrency: int | None = None
    filter: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def over(self, spec: EvalSpec) -> EvalSpec:
        """The evaluation with these overrides."""
        given: dict[str, object] = {
            "variant": self.variant,
            "model": self.model,
            "repeats": self.repeats,
            "limit": self.limit,
            "concurrency": self.concurrency,
        }
        update = {key: value for key, value in given.items() if value is not None}
        merged = {**spec.filter, **self.filter}
        return spec.model_copy(update={**update, "filter": merged})
