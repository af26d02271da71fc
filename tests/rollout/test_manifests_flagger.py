"""The Canary of each step, carried out as the scheduler of Flagger does it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.rollout.manifests import written_manifest
from genaiops.specs.load import parse_yaml
from tests.rollout.build import spec_of
from tests.rollout.flagger import Flagger, Phase
from tests.rollout.test_manifests import PLACE, RAMP

WEIGHTS = [0, 5, 20, 50, 50]
SPEC = spec_of(steps=WEIGHTS[1:4])
BACK, FIRST, PROMOTED = 0, 1, 4


def documents(step: int) -> tuple[Any, Any]:
    metric, canary = written_manifest("flagger", SPEC, PLACE, step).split("---\n")
    return parse_yaml(metric, "metric").value, parse_yaml(canary, "canary").value


CANARIES = [documents(step)[1] for step in range(PROMOTED + 1)]


def carried(flagger: Flagger, step: int, ticks: int, *, revision: int = 1, ok: bool = True) -> int:
    for _ in range(ticks):
        flagger.tick(CANARIES[step], revision, passes=ok)
    return flagger.weight


def test_it_goes_up_by_the_files_of_the_steps_waits_at_each_and_promotes_by_the_last() -> None:
    flagger = Flagger()
    reached = [carried(flagger, step, 200) for step in (1, 2, 3)]
    assert reached == [5, 20, 50]
    assert flagger.phase == "WaitingPromotion"
    carried(flagger, PROMOTED, 1)
    assert flagger.phase == "Promoting"


def test_it_goes_back_once_the_rollout_is_rolled_back_and_by_the_file_of_step_0() -> None:
    told, ordered = Flagger(), Flagger()
    carried(told, 1, 9)
    carried(ordered, 1, 9)
    assert carried(told, 1, 4, ok=False) == 5
    assert carried(told, 1, 1, ok=False) == 0
    assert carried(ordered, BACK, 2, ok=False) == 0
    assert told.phase == ordered.phase == "Failed"


def test_lost_looks_below_the_threshold_only_hold() -> None:
    flagger = Flagger()
    carried(flagger, 1, 9)
    carried(flagger, 1, 3, ok=False)
    assert carried(flagger, 2, 9) == 20


@given(
    st.lists(st.tuples(st.integers(BACK, PROMOTED), st.integers(1, 3), st.booleans()), max_size=40)
)
@settings(max_examples=200)
def test_whatever_is_applied_in_what_order_no_weight_is_beyond_its_step(
    ticks: list[tuple[int, int, bool]],
) -> None:
    flagger = Flagger()
    for step, revision, passes in ticks:
        before, was = flagger.weight, flagger.applied
        flagger.tick(CANARIES[step], revision, passes=passes)
        assert flagger.weight <= max(before, WEIGHTS[step])
        assert step == PROMOTED or flagger.phase != "Promoting"
        assert flagger.weight == 0 or flagger.applied == was
        if flagger.phase == "Promoting":
            return


@pytest.mark.parametrize("step", [BACK, 2, 3, PROMOTED])
@pytest.mark.parametrize(("ticks", "phase"), [(0, "Waiting"), (9, "Failed")])
def test_a_new_candidate_comes_in_by_the_file_of_the_first_step_alone(
    step: int, ticks: int, phase: Phase
) -> None:
    flagger = Flagger()
    carried(flagger, FIRST, ticks)
    assert carried(flagger, step, 50, revision=2) == 0
    assert flagger.phase == phase


def test_a_candidate_that_waited_goes_on_by_the_file_of_the_first_step() -> None:
    flagger = Flagger()
    carried(flagger, PROMOTED, 9)
    assert carried(flagger, FIRST, 9) == 5


def test_what_is_not_known_is_no_rollback_and_step_0_is_one() -> None:
    told = 'max(genaiops_rollout_state{rollout=~"assistant-[0-9]+",state="rolled_back"})'
    assert documents(2)[0]["spec"]["query"] == f"{told} or vector(0)"
    assert documents(BACK)[0]["spec"]["query"] == "vector(1)"


def test_shadow_has_no_weight_and_the_step_after_it_is_the_first() -> None:
    text = written_manifest("flagger", RAMP, PLACE, 2)
    assert "stepWeights:\n    - 5\n    metrics:" in text
    assert "type: confirm-rollout" not in text
    assert "type: confirm-rollout" in written_manifest("flagger", RAMP, PLACE, 3)


def test_a_rollout_whose_name_would_be_more_than_a_name_in_promql_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be asked for in PromQL: call its file by"):
        written_manifest("flagger", SPEC, replace(PLACE, rollout='a"} or vector(0) #'), 1)
