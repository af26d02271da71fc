"""The policy of a base branch: it decides over a branch that would have another. Pure."""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from genaiops.gates.rules import gate_text
from genaiops.specs.evaluation import RULES, EvalSpec, GateSpec

_DECIDED = ("repeats", "seed", "limit", "filter", "timeout_s", "on_inconclusive")
_POLICY = (*_DECIDED, "metrics", "gates", "slices")


def under_policy(own: EvalSpec, base: EvalSpec) -> EvalSpec:
    """An evaluation of a branch with all that decides taken from the base.

    Its flow, its dataset and how one is fed with the other stay: those are what is judged.
    """
    return own.model_copy(update={key: getattr(base, key) for key in _POLICY})


def policy_changes(own: EvalSpec, base: EvalSpec, ref: str) -> tuple[str, ...]:
    """What a branch would change of the policy of `ref`, a sentence each; none of it counts."""
    return (
        *_key_changes(own, base, ref),
        *_metric_changes(own, base, ref),
        *_gate_changes(own.gates, base.gates, ref),
    )


def _key_changes(own: EvalSpec, base: EvalSpec, ref: str) -> Iterator[str]:
    for key in _DECIDED:
        was, now = getattr(base, key), getattr(own, key)
        if was != now:
            yield _change(key, "", was, now, ref)


def _metric_changes(own: EvalSpec, base: EvalSpec, ref: str) -> Iterator[str]:
    there = {use.label: use for use in base.metrics}
    here = {use.label: use for use in own.metrics}
    for label, use in there.items():
        if label not in here:
            yield f"this branch drops the metric {label}: {ref}'s still counts"
        elif here[label] != use:
            yield f"this branch changes what the metric {label} is: scored by {ref}'s"
    for label in here:
        if label not in there:
            yield f"this branch adds the metric {label}: it counts once it is in {ref}"


def _gate_changes(own: Sequence[GateSpec], base: Sequence[GateSpec], ref: str) -> Iterator[str]:
    here = list(own)
    for gate in base:
        now = next((each for each in here if _rule(each) == _rule(gate)), None)
        if now is None:
            yield f"this branch drops the gate {gate_text(gate)}: {ref}'s still decides"
            continue
        here.remove(now)
        for key in GateSpec.model_fields:
            was, is_now = getattr(gate, key), getattr(now, key)
            if was != is_now:
                yield _change(key, f" of {gate.metric}", was, is_now, ref)
    for gate in here:
        yield f"this branch adds the gate {gate_text(gate)}: it decides once it is in {ref}"


def _rule(gate: GateSpec) -> tuple[object, ...]:
    """By what a gate is the same one: its metric and what it asks of it, but not how much."""
    named = gate.model_dump(include={"metric", "quantile", "slice"}, mode="json")
    asks = tuple(rule for rule in RULES if getattr(gate, rule) is not None)
    return (*asks, *sorted((key, repr(value)) for key, value in named.items()))


def _change(key: str, of: str, was: JsonValue, now: JsonValue, ref: str) -> str:
    verb = "changes"
    if isinstance(was, int | float) and isinstance(now, int | float):
        verb = "raises" if now > was else "lowers"
    told = f"this branch {verb} the {key}{of} from {_shown(was)} to {_shown(now)}"
    return f"{told}: judged by {ref}'s {_shown(was)}"


def _shown(value: JsonValue) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
