"""Gates that name a metric which is there, and fit it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from genaiops.errors import suggest
from genaiops.gates import check_gate
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec

GateProblem = tuple[tuple[str | int, ...], str]
"""Where in an evaluation's file, and what is wrong there."""


def gate_problems(
    gates: Sequence[GateSpec], labels: Collection[str], infos: Mapping[str, MetricInfo]
) -> Iterator[GateProblem]:
    """What is wrong with gates on metrics of these labels; `infos` are those that are known."""
    for place, gate in enumerate(gates):
        if gate.metric not in labels:
            told = f"unknown metric {gate.metric!r} of this evaluation"
            yield ("gates", place, "metric"), f"{told}{suggest(gate.metric, labels)}"
        if gate.metric in infos:
            yield from ((("gates", place), told) for told in check_gate(gate, infos[gate.metric]))
