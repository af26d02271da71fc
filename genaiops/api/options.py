"""What may be said over an evaluation by keyword: the keys of its file, with their meanings."""

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
