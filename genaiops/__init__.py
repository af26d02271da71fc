"""Evaluate and release LLM applications with verdicts that are honest about noise."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genaiops.api.evaluating import evaluate
    from genaiops.api.gating import assert_gate, assert_scores, gate
    from genaiops.flow.context import FlowContext
    from genaiops.metrics.declare import metric
    from genaiops.records import Score

__version__ = "0.1.0"

__all__ = [
    "FlowContext",
    "Score",
    "__version__",
    "assert_gate",
    "assert_scores",
    "evaluate",
    "gate",
    "metric",
]

_PLACES = {
    "FlowContext": "genaiops.flow.context",
    "Score": "genaiops.records",
    "assert_gate": "genaiops.api.gating",
    "assert_scores": "genaiops.api.gating",
    "evaluate": "genaiops.api.evaluating",
    "gate": "genaiops.api.gating",
    "metric": "genaiops.metrics.declare",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: importing the package loads nothing else."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  nothing is loaded before it is used

    found = getattr(import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
