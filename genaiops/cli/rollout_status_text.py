"""Verdicts on rollouts as the terminal shows them."""

from collections.abc import Iterator, Sequence

from genaiops.records.rollout_verdicts import MetricStanding, RolloutVerdict
from genaiops.rollout.events import changes, told_of
from genaiops.rollout.replay import Replayed
from genaiops.text.layout import hanging, table, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_MANY = 10_000


def status_lines(verdict: RolloutVerdict) -> Iterator[str]:
    """The word, where it stands, why, and what is known by each metric."""
    word = verdict.word.replace("_", " ").upper()
    share = "shadow" if verdict.is_shadowing else f"{100 * verdict.weight:g}% of users"
    head = (
        f"{word}  {verdict.rollout}: {verdict.candidate} beside {verdict.stable} of {verdict.flow}"
    )
    yield printable(head)
    exposed = counted(verdict.exposed, "user")
    place = f"step {verdict.step} of {verdict.steps}, {share}, {exposed} of the candidate so far"
    yield wrapped(f"{place}; {verdict.looked[:16]}Z", indent=2)
    yield wrapped(verdict.reason, indent=2)
    if verdict.waiting_until is not None:
        who = (
            "1 user's outcome is"
            if verdict.waiting == 1
            else f"{verdict.waiting:,} users' outcomes are"
        )
        yield wrapped(f"{who} waited for, the last until {verdict.waiting_until[:16]}Z", indent=2)
    rows = [("  metric", "", "users", "bad: stable", "candidate", "harm", "proof")]
    rows += [_row(each) for each in verdict.metrics]
    yield table(rows, right=(2, 3, 4, 5, 6), flexible=1)
    for metric in (each for each in verdict.metrics if each.missing.total):
        who = counted(metric.missing.total, "user")
        yield wrapped(f"{metric.metric}: {who} could not be measured", indent=2)
    for guard in verdict.unmeasured:
        yield wrapped(f"{guard}: nothing measured of the candidate yet, guards nothing", indent=2)
    yield wrapped(
        f"harm over all {_number(verdict.harm)} of 20, split {_number(verdict.split)} of 1,000",
        indent=2,
    )


def list_text(verdicts: Sequence[RolloutVerdict]) -> str:
    """All rollouts, the newest first."""
    rows = [("rollout", "verdict", "candidate", "stable", "users", "began")]
    for each in verdicts:
        share = "shadow" if each.is_shadowing else f"{100 * each.weight:g}%"
        word = each.word.replace("_", " ")
        rows.append((each.rollout, word, each.candidate, each.stable, share, each.began[:16]))
    return table(rows, right=(4,))


def event_lines(events: Sequence[Replayed]) -> Iterator[str]:
    """What was decided, each with its time; looks that changed nothing are left out."""
    for event in changes(each.event for each in events):
        by = f" by {event.by}" if event.by else ""
        lead = f"{event.generation:>4}  {event.at[:19]}Z  "
        yield hanging(lead, f"{event.deed}{by}: {told_of(event)}")


def _row(metric: MetricStanding) -> tuple[str, ...]:
    proof = "" if metric.proof is None else _number(metric.proof)
    return (
        f"  {metric.metric}",
        f"{metric.role}, {metric.tolerated}",
        f"{metric.known.total}",
        _share(metric.stable_bad),
        _share(metric.candidate_bad),
        _number(metric.harm),
        "proven" if metric.is_proven else proof,
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}%"


def _number(value: float) -> str:
    if value >= _MANY:
        return f">{_MANY:,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
