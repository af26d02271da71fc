"""What may be said by keyword: the keys of an evaluation's file, and how it is run."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from pydantic import JsonValue

from genaiops.specs.evaluation import OnInconclusive


class Options(TypedDict, total=False):
    """Keys of `evals/<name>.yaml`; see docs/files.md."""

    description: str
    inputs: Mapping[str, JsonValue]
    """Parameters of the flow from the case: `{"question": "${case.inputs.q}"}`."""
    variant: str
    model: str
    """A model of the catalog, or `openai:NAME`, in the place of that of every prompt."""
    repeats: int
    seed: int
    limit: int
    filter: Mapping[str, JsonValue]
    concurrency: int
    timeout_s: float
    slices: Sequence[str]
    on_inconclusive: OnInconclusive


class RunOptions(Options, total=False):
    """And how it is run."""

    max_cost: float
    """US dollars at most for calls of models with a price: they stop there, what was paid stays."""
    yes: bool
    """Spend what is expected, though it is more than `ask_above_usd` of the project."""
    resume: bool
    """Go on with the last run of this evaluation, if it did not finish."""


def keys_of_file(options: RunOptions) -> dict[str, object]:
    """What is said over the file of an evaluation; a key that it cannot have is told there."""
    how = RunOptions.__annotations__.keys() - Options.__annotations__.keys()
    return {key: value for key, value in options.items() if key not in how}
