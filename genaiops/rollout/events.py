"""The events of a rollout as people read them: which of them changed something, and in words."""

from collections.abc import Iterable, Iterator

from genaiops.records.rollout_events import RolloutEvent


def changes(
    events: Iterable[RolloutEvent], before: RolloutEvent | None = None
) -> Iterator[RolloutEvent]:
    """The events in which more happened than a look, after one that came before them."""
    for event in events:
        if before is None or is_change(before, event):
            yield event
        before = event


def is_change(before: RolloutEvent, event: RolloutEvent) -> bool:
    """Whether an event is more than a look that changed nothing."""
    return event.deed != "looked" or traffic_of(before) != traffic_of(event)


def told_of(event: RolloutEvent) -> str:
    """An event in words."""
    share = "shadow" if event.is_shadowing else f"{100 * event.weight:g}% of users"
    if event.deed == "carried out":
        return event.reason
    if event.phase == "progressing":
        return f"step {event.step + 1}, {share}: {event.reason}"
    word = event.phase.replace("_", " ")
    return f"{word} at {share}: {event.reason}" if event.weight else f"{word}: {event.reason}"


def traffic_of(event: RolloutEvent) -> tuple[object, ...]:
    """What users notice of an event: where the rollout stands, and the share of the candidate."""
    return event.phase, event.step, event.weight, event.is_shadowing
