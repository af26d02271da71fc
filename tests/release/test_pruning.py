"""What may be removed, of chains of deeds."""

import pytest

from genaiops.release.history import History
from genaiops.release.pruning import prunable
from tests.release.build import event, history

MADE = [("ann", event("created", f"r{n}")) for n in range(1, 6)]


def gone(known: History, keep: int = 1, *in_use: str) -> list[str]:
    return [record.event.release for record in prunable(known, keep, in_use)]


def test_the_newest_of_each_flow_stay() -> None:
    other = ("ann", event("created", "o1", flow="other"))
    known = history(*MADE, other)
    assert gone(known) == ["r1", "r2", "r3", "r4"]
    assert gone(known, 4) == ["r1"]
    assert gone(known, 9) == []


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_what_stands_in_a_stage_and_what_did_before_it_stay(stage: str) -> None:
    moves = [("ann", event("promoted", f"r{n}", stage=stage)) for n in (1, 2, 3)]
    assert gone(history(*MADE, *moves)) == ["r1", "r4"]
    back = ("bob", event("rolled back", "r2", stage=stage))
    assert gone(history(*MADE, *moves, back)) == ["r3", "r4"]


def test_what_was_approved_stays_until_another_is_promoted_there() -> None:
    approved = [("bob", event("approved", name, stage="production")) for name in ("r1", "r2")]
    assert gone(history(*MADE, *approved)) == ["r3", "r4"]
    promoted = ("ann", event("promoted", "r2", stage="production"))
    assert gone(history(*MADE, *approved, promoted)) == ["r1", "r3", "r4"]


def test_what_is_in_use_elsewhere_stays() -> None:
    assert gone(history(*MADE), 1, "r2", "r3") == ["r1", "r4"]


def test_what_was_pruned_is_there_no_more_until_it_is_created_again() -> None:
    moves = [("ann", event("promoted", f"r{n}", stage="production")) for n in (1, 2, 3, 4)]
    known = history(*MADE, *moves, ("ann", event("pruned", "r1")))
    assert list(known.created()) == ["r2", "r3", "r4", "r5"]
    assert [each.release for each in known.stood("assistant", "production")] == ["r2", "r3", "r4"]
    assert known.last_in("r1", "production") is None
    there, removed = known.bundles()
    assert (there.keys(), removed) == ({"r2", "r3", "r4", "r5"}, {"r1": {"bundle of r1"}})
    again = history(
        *MADE, *moves, ("ann", event("pruned", "r1")), ("ann", event("created", "r1", bundle="new"))
    )
    assert list(again.created())[-1] == "r1"
    assert again.bundles()[0]["r1"] == {"new"}
    assert again.last_in("r1", "production") is None


def test_a_release_that_stays_needs_what_it_was_created_as_with_each_evidence() -> None:
    known = history(*MADE, ("ann", event("created", "r1", bundle="with more evidence")))
    assert known.bundles()[0]["r1"] == {"bundle of r1", "with more evidence"}
