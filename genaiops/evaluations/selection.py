"""A selection resolved: the choice, and why the other models were left out. Pure."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from genaiops.specs.catalog import CatalogSpec, ModelSpec, Requirements, SelectionSpec

_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(.+)")
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the newest evaluation of a model says.

    `failed` are its gates that need no baseline and did not pass, `unjudged` those that need one:
    a choice among models does not rest on them. `quality` is oriented so that more is better. Costs
    are in US dollars for 1,000 cases, times in seconds.
    """

    model: str
    run_digest: str
    failed: tuple[str, ...]
    unjudged: tuple[str, ...]
    quality: float | None
    usd_per_1k_cases: float | None
    latency_p95_s: float | None

    @property
    def passes(self) -> bool:
        """Whether every gate that needs no baseline passed."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was looked at; `excluded` says why it was left out."""

    model: str
    evidence: Evidence | None
    excluded: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen model, or None where every one was excluded; the best candidates first."""

    model: str | None
    candidates: tuple[Candidate, ...]

    @property
    def evidence(self) -> Evidence | None:
        """The evidence of the chosen model."""
        return self.candidates[0].evidence if self.model is not None else None


def choose(
    selection: SelectionSpec,
    catalog: CatalogSpec,
    evidence: Mapping[str, Evidence],
    today: date,
) -> Choice:
    """Resolve a selection among all models of the catalog."""
    looked_at = [
        Candidate(
            name, evidence.get(name), _excluded(name, entry, selection, evidence.get(name), today)
        )
        for name, entry in catalog.models.items()
    ]
    left = sorted(
        (candidate for candidate in looked_at if candidate.excluded is None),
        key=lambda candidate: _rank(selection, candidate),
    )
    out = [candidate for candidate in looked_at if candidate.excluded is not None]
    return Choice(left[0].model if left else None, (*left, *out))


def _rank(selection: SelectionSpec, candidate: Candidate) -> tuple[float, float, str]:
    """Smaller is better: what is preferred, then quality, then the name."""
    found = candidate.evidence
    worst = float("inf")
    if found is None:
        return (worst, worst, candidate.model)
    quality = -found.quality if found.quality is not None else worst
    preferred = {
        "cheapest_passing": found.usd_per_1k_cases,
        "fastest_passing": found.latency_p95_s,
        "best_quality": quality,
    }[selection.prefer]
    return (worst if preferred is None else preferred, quality, candidate.model)


def _excluded(
    name: str,
    entry: ModelSpec,
    selection: SelectionSpec,
    found: Evidence | None,
    today: date,
) -> str | None:
    reason = _unfit(name, entry, selection.require, today)
    if reason is not None:
        return reason
    if found is None:
        return f"no evidence: genaiops eval {selection.evidence} -m {name}"
    if selection.prefer != "best_quality" and not found.passes:
        return f"gates not passed: {', '.join(found.failed)}"
    if selection.prefer == "best_quality" and found.quality is None:
        return "its evidence has no score for the quality metric"
    return _too_much(selection.require, found)


def _unfit(name: str, entry: ModelSpec, require: Requirements, today: date) -> str | None:
    if entry.retires is not None and entry.retires <= today:
        return f"retired on {entry.retires}"
    allowed: Sequence[tuple[str, Sequence[str], str | None]] = (
        ("models", require.models, name),
        ("licence", require.licence, entry.licence),
        ("region", require.region, entry.region),
        ("provider", require.provider, entry.provider),
    )
    for key, values, value in allowed:
        if values and value not in values:
            return f"{key} {value or 'not stated'} is not among {', '.join(values)}"
    lacking = [word for word in require.capabilities if word not in entry.capabilities]
    if lacking:
        return f"does not declare {', '.join(lacking)}"
    return _misses("context_window", require.context_window, entry.context_window)


def _too_much(require: Requirements, found: Evidence) -> str | None:
    return _misses("usd_per_1k_cases", require.usd_per_1k_cases, found.usd_per_1k_cases) or _misses(
        "latency_p95_s", require.latency_p95_s, found.latency_p95_s
    )


def _misses(key: str, wanted: str | None, value: float | None) -> str | None:
    match = _COMPARISON.fullmatch(wanted or "")
    if match is None:
        return None
    if value is None:
        return f"{key} is not known, wanted {wanted}"
    return (
        None
        if _OPERATORS[match[1]](value, float(match[2]))
        else f"{key} {value:g}, wanted {wanted}"
    )
