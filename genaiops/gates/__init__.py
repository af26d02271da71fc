"""Rules that turn estimates into pass, fail or inconclusive, and policies that act on it; pure."""

from genaiops.gates.clean_cases import can_pass
from genaiops.gates.decide import decide
from genaiops.gates.estimates import (
    MetricEstimate,
    SliceEstimate,
    estimate,
    estimate_cases,
    estimate_run,
)
from genaiops.gates.find import is_followed
from genaiops.gates.numbers import NumberStyle, number_style
from genaiops.gates.rules import check_gate, gate_text
from genaiops.gates.sequential import SequentialGates

__all__ = [
    "MetricEstimate",
    "NumberStyle",
    "SequentialGates",
    "SliceEstimate",
    "can_pass",
    "check_gate",
    "decide",
    "estimate",
    "estimate_cases",
    "estimate_run",
    "gate_text",
    "is_followed",
    "number_style",
]
