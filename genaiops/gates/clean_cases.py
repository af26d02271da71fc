"""Whether a gate can pass at all: what it takes where not one case is bad."""

from math import ceil

from genaiops.gates.ranges import bounded_range, range_of
from genaiops.gates.rules import check_gate, gate_limit, gate_text
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import LEAST_CLUSTERS, clean_cases_needed, clean_evidence
from genaiops.text.quantities import counted

_ROUNDING = 1e-9


def can_pass(gate: GateSpec, info: MetricInfo, sample: Sample) -> str | None:
    """The warning about a gate that cannot pass with these cases; None if it can.

    The best that can happen is assumed: no case changes, or each has the best score.
    """
    untold = (gate.max_cases, gate.slice, gate.margin_ratio)
    if untold != (None, None, None) or check_gate(gate, info):
        return None
    if gate.lacks_margin:
        return _lacking_ratio(gate, info)
    lead = f"{gate_text(gate)}: {'an unchanged candidate ' if gate.margin is not None else ''}"
    rate = _tolerated(gate, info)
    if rate <= 0:
        return f"{lead}cannot pass with any number of cases"
    units, needed = counted(sample.cases, "case"), _least(rate, gate.alpha, sample)
    if needed is None:
        return None
    if sample.clusters is not None:
        largest = f" of up to {sample.largest}" if sample.clusters > 1 else ""
        units = f"{units} in {counted(sample.clusters, 'cluster')}{largest}"
        needed = f"about {needed} in such clusters"
    return f"{lead}cannot pass with {units}; {needed} could"


def clean_cases(gate: GateSpec, info: MetricInfo) -> int | None:
    """The cases without a single bad one that keep a rate of bad ones low; None for other gates."""
    has_limit = (gate.at_least, gate.at_most) != (None, None)
    if not info.binary or gate.quantile is not None or not has_limit:
        return None
    rate = _tolerated(gate, info)
    return clean_cases_needed(rate, gate.alpha) if rate > 0 else None


def _lacking_ratio(gate: GateSpec, info: MetricInfo) -> str | None:
    """The warning of a gate for which no margin is measured; others get one with a baseline."""
    if bounded_range(info) is not None:
        return None
    return f"{gate_text(gate)}: cannot pass without a margin_ratio, such as 1.2 for a fifth more"


def _tolerated(gate: GateSpec, info: MetricInfo) -> float:
    """The share of cases that may be as bad as can be; none or less where no proof is possible."""
    if gate.quantile is not None:
        return 1 - gate.quantile
    values = range_of(info)
    if gate.margin is not None:
        return gate.margin / values.span
    limit = gate_limit(gate)
    room = values.high - limit.value if limit.side == "at_least" else limit.value - values.low
    return room / values.span


def _least(rate: float, alpha: float, sample: Sample) -> int | None:
    """The cases that could prove a rate; None where those that there are can."""
    if sample.clusters is None:
        needed = clean_cases_needed(rate, alpha)
        return None if sample.cases >= needed else needed
    factor = LEAST_CLUSTERS / sample.clusters
    if rate < 1 and sample.clusters > 1:
        counts = sample.cases, sample.clusters, sample.largest
        factor = max(factor, 1 / clean_evidence(rate, alpha, *counts))
    return None if factor <= 1 + _ROUNDING else ceil(factor * sample.cases)
