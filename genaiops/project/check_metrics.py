"""Metrics and gates of an evaluation: known, bound to what is there, and able to decide."""

from collections.abc import Iterator

from genaiops.errors import Fault, suggest
from genaiops.specs.evaluation import EvalSpec
from genaiops.specs.load import Loaded


def metric_faults(loaded: Loaded[EvalSpec]) -> Iterator[Fault]:
    """The faults of gates."""
    spec, document = loaded
    labels = [use.label for use in spec.metrics]
    for place, gate in enumerate(spec.gates):
        if gate.metric not in labels:
            told = f"unknown metric {gate.metric!r} of this evaluation"
            path = ("gates", place, "metric")
            yield document.fault(path, f"{told}{suggest(gate.metric, labels)}")
