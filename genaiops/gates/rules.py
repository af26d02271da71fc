"""Which gate makes sense for which metric, whether it can pass at all, and its name."""

from dataclasses import dataclass

from genaiops.gates.estimates import tag_text
from genaiops.gates.numbers import number_style
from genaiops.gates.ranges import bounded_range, range_of, range_text
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import (
    LEAST_CLUSTERS,
    Limit,
    clean_cases_needed,
    least_n_at_least,
    least_n_at_most,
    least_n_to_pass_margin,
)
from genaiops.text.quantities import counted

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class LimitWords:
    """A limit in words: "70%", "at least 70%", "below 70%"."""

    limit: str
    kept: str
    broken: str

    @classmethod
    def of(cls, limit: Limit, info: MetricInfo) -> "LimitWords":
        text = number_style(info).limit(limit.value)
        if limit.side == "at_least":
            return cls(text, f"at least {text}", f"below {text}")
        return cls(text, f"at most {text}", f"above {text}")


def is_kept(value: float, limit: Limit) -> bool:
    """Whether an observed value keeps a limit."""
    distance = value - limit.value if limit.side == "at_least" else limit.value - value
    return distance >= -_ROUNDING


def gate_text(gate: GateSpec) -> str:
    """The rule in one line: "answer_f1 no_worse_than baseline, margin 0.02"."""
    part = "" if gate.slice is None else f", slice {slice_text(gate)}"
    return f"{gate.metric} {_rule_text(gate)}{part}"


def slice_text(gate: GateSpec) -> str:
    """The slices of a gate in words: "topic", "topic billing"."""
    if isinstance(gate.slice, dict):
        ((tag, value),) = gate.slice.items()
        return f"{tag} {tag_text(value)}"
    return gate.slice or ""


def _rule_text(gate: GateSpec) -> str:
    if gate.no_worse_than is not None:
        margin = "" if gate.margin is None else f", margin {gate.margin:g}"
        ratio = "" if gate.margin_ratio is None else f", margin_ratio {gate.margin_ratio:g}"
        return f"no_worse_than baseline{margin}{ratio}"
    if gate.max_cases is not None:
        return f"max_cases {gate.max_cases}"
    quantile = f"quantile {gate.quantile:g} " if gate.quantile is not None else ""
    limit = gate_limit(gate)
    return f"{quantile}{limit.side} {limit.value:g}"


def gate_limit(gate: GateSpec) -> Limit:
    """The limit of an at_least or at_most gate.

    Raises:
        ValueError: the gate has neither.
    """
    if gate.at_least is not None:
        return Limit("at_least", gate.at_least)
    if gate.at_most is not None:
        return Limit("at_most", gate.at_most)
    raise ValueError(f"no limit in {gate!r}")


def check_gate(gate: GateSpec, info: MetricInfo) -> list[str]:
    """What is wrong with a gate on this metric, for the user; empty if nothing is."""
    if gate.max_cases is not None:
        return _check_count(info)
    if gate.no_worse_than is not None:
        return _check_margin(gate, info)
    return _check_limit(gate_limit(gate), gate.quantile, info)


def can_pass(
    gate: GateSpec, info: MetricInfo, cases: int, *, clusters: int | None = None
) -> str | None:
    """The warning about a gate that cannot pass with so many cases; None if it can.

    The best that can happen is assumed: no case changes, or each has the best score. Cases in
    fewer `clusters` than cases prove as much as clusters.
    """
    untold = (gate.max_cases, gate.slice, gate.margin_ratio)
    if untold != (None, None, None) or check_gate(gate, info):
        return None
    if gate.lacks_margin:
        return _lacking_ratio(gate, info)
    least, units = _least_cases(gate, info), f"{counted(cases, 'case')}"
    lead = f"{gate_text(gate)}: {'an unchanged candidate ' if gate.margin is not None else ''}"
    if least is None:
        return f"{lead}cannot pass with any number of cases"
    if clusters is not None and clusters < cases:
        least, units = max(least, LEAST_CLUSTERS), f"{units} in {counted(clusters, 'cluster')}"
    if min(cases, cases if clusters is None else clusters) >= least:
        return None
    return f"{lead}cannot pass with {units}; {least} could"


def _lacking_ratio(gate: GateSpec, info: MetricInfo) -> str | None:
    """The warning of a gate for which no margin is measured; others get one with a baseline."""
    if bounded_range(info) is not None:
        return None
    return f"{gate_text(gate)}: cannot pass without a margin_ratio, such as 1.2 for a fifth more"


def _least_cases(gate: GateSpec, info: MetricInfo) -> int | None:
    if gate.quantile is not None:
        return clean_cases_needed(1 - gate.quantile, gate.alpha)
    values = range_of(info)
    if gate.margin is not None:
        return least_n_to_pass_margin(gate.margin / values.span, gate.alpha)
    limit = gate_limit(gate)
    least = least_n_at_least if limit.side == "at_least" else least_n_at_most
    return least(limit.value, gate.alpha, values.low, values.high)


def clean_cases(gate: GateSpec, info: MetricInfo) -> int | None:
    """The cases without a single bad one that keep a rate of bad ones low; None for other gates."""
    if (
        not info.binary
        or gate.quantile is not None
        or (gate.at_least, gate.at_most) == (None, None)
    ):
        return None
    return _least_cases(gate, info)


def _check_count(info: MetricInfo) -> list[str]:
    if info.binary:
        return []
    remedy = "at_least" if info.direction == "higher" else "at_most"
    return [
        f"max_cases counts cases of a metric that is 0 or 1, and {info.name} is not; use {remedy}"
    ]


def _check_margin(gate: GateSpec, info: MetricInfo) -> list[str]:
    values = bounded_range(info)
    if gate.margin_ratio is not None and (info.low, info.high) != (0, None):
        told = "margin_ratio is for amounts from 0 without an upper end"
        return [f"{told}; {info.name} is {range_text(info)}, use margin"]
    if values is None:
        told = f"{info.name} has no bounded range, so no margin in its units can be proven"
        is_ratio = gate.margin is None
        return [] if is_ratio else [f"{told}; use margin_ratio, such as margin_ratio: 1.2"]
    if gate.margin is None or gate.margin < values.span:
        return []
    return [
        f"margin {gate.margin:g} tolerates everything: {info.name} is {range_text(info)}"
        + _in_percent(gate.margin, info)
    ]


def _check_limit(limit: Limit, quantile: float | None, info: MetricInfo) -> list[str]:
    faults: list[str] = []
    right_side = "at_least" if info.direction == "higher" else "at_most"
    if limit.side != right_side:
        faults.append(
            f"{limit.side} asks for bad values of {info.name}, where {info.direction} is better; "
            f"use {right_side}"
        )
    if quantile is None and bounded_range(info) is None:
        faults.append(
            f"{limit.side} needs a quantile here: {info.name} has no bounded range, so no number "
            f"of cases bounds its mean; add for instance quantile: 0.95"
        )
    below = info.low is not None and limit.value < info.low
    above = info.high is not None and limit.value > info.high
    if below or above:
        faults.append(
            f"{limit.side} {limit.value:g} is outside of the range of {info.name}, "
            f"{range_text(info)}{_in_percent(limit.value, info)}"
        )
    return faults


def _in_percent(value: float, info: MetricInfo) -> str:
    """The hint to someone who wrote 80 for 80 %."""
    is_share = number_style(info).unit == "%"
    return f"; did you mean {value / 100:g}?" if is_share and 1 < value <= 100 else ""
