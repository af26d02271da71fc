import sqlite3
from pathlib import Path

import pytest

from genaiops.errors import InputError, StoreError
from genaiops.records.findings import Finding
from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.store.rollouts import Rollouts, StoredRollout


def rollout_of(number: int = 1, flow: str = "assistant") -> Rollout:
    return Rollout(
        id=f"{flow}-{number}", name=flow, flow=flow, stable="a" * 12, candidate="b" * 12,
        salt="salt", spec={}, by="ada", at="2026-05-01T10:00:00+00:00",
    )  # fmt: skip


def event_of(generation: int, weight: float = 0.1, deed: str = "looked") -> RolloutEvent:
    return RolloutEvent.model_validate(
        {
            "generation": generation, "deed": deed, "at": "2026-05-01T10:00:00+00:00",
            "now": 0.0, "reason": "needs users", "phase": "progressing", "step": 0,
            "weight": weight, "closed_until": 0.0, "state": "digest",
        }
    )  # fmt: skip


def begun(rollouts: Rollouts, number: int = 1) -> StoredRollout:
    rollouts.begin(rollout_of(number), event_of(1, deed="begun"), "{}")
    return rollouts.find(f"assistant-{number}")


def test_what_was_committed_is_found_by_its_name_and_its_id(tmp_path: Path) -> None:
    with Rollouts(tmp_path / "r.sqlite") as rollouts:
        first = begun(rollouts)
        assert rollouts.commit(first, event_of(2, 0.5), '{"weight": 0.5}')
        for reference in ("assistant", "assistant-1"):
            found = rollouts.find(reference)
            assert (found.event.generation, found.event.weight) == (2, 0.5)
            assert found.state == '{"weight": 0.5}'
        assert [event.generation for event in rollouts.events("assistant-1")] == [1, 2]
        assert rollouts.next_id("assistant") == "assistant-2"
        with pytest.raises(InputError, match="did you mean 'assistant'"):
            rollouts.find("asistant")


def test_who_decides_on_an_older_generation_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Rollouts(path) as one, Rollouts(path) as other:
        seen = begun(one)
        assert one.commit(seen, event_of(2, 0.2), "{}")
        assert not other.commit(seen, event_of(2, 0.9), '{"late": 1}')
        assert other.find("assistant").event.weight == 0.2


def test_a_flow_has_one_rollout_until_its_end_is_carried_out(tmp_path: Path) -> None:
    with Rollouts(tmp_path / "r.sqlite") as rollouts:
        first = begun(rollouts)
        with pytest.raises(InputError, match="assistant-1 of assistant is not over"):
            begun(rollouts, 2)
        assert rollouts.commit(first, event_of(2, 0.0, "carried out"), "{}")
        assert rollouts.open() == []
        assert [each.rollout.id for each in (begun(rollouts, 2), *rollouts.all()[1:])] == [
            "assistant-2",
            "assistant-1",
        ]


def test_a_changed_state_and_a_changed_event_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Rollouts(path) as rollouts:
        begun(rollouts)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE rollouts SET state = '{\"weight\": 1}'")
    raw.close()
    with Rollouts(path) as rollouts, pytest.raises(StoreError, match="a rollout is damaged"):
        rollouts.find("assistant")
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE events SET record = replace(record, '0.1', '0.9')")
    raw.close()
    with Rollouts(path) as rollouts, pytest.raises(StoreError, match="event 1 of rollout"):
        list(rollouts.events("assistant-1"))


def test_findings_come_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    with Rollouts(tmp_path / "r.sqlite") as rollouts:
        rollouts.find_out(
            Finding(rollout=name, kind="scored", run=f"run-{place}", badness={"exact": None})
            for place, name in enumerate(("a-1", "b-1", "a-1", "a-1"))
        )
        found = list(rollouts.found("a-1", after=1))
        assert [each.finding.run for each in found] == ["run-2", "run-3"]


def test_a_file_that_is_not_there_holds_no_rollout_and_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Rollouts(path, read_only=True) as rollouts:
        assert rollouts.all() == []
    assert not path.exists()
