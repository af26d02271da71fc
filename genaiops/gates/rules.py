"""Which gate makes sense for which metric, and its name."""

from dataclasses import dataclass

from genaiops.gates.estimates import tag_text
from genaiops.gates.numbers import number_style
from genaiops.gates.ranges import bounded_range, range_text
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Limit

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
