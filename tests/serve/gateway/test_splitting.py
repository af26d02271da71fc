from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import Refused
from genaiops.rollout.split import arm_of
from genaiops.serve.answering import Units
from genaiops.serve.gateway.splitting import split_of
from genaiops.serve.gateway.weights import Weights
from tests.serve.gateway.build import HALF

UNITS = Units(user="ann", conversation="talk")


@given(st.text(), st.floats(0.001, 0.999))
def test_a_split_says_the_arm_its_user_and_the_weight(user: str, weight: float) -> None:
    split = split_of(replace(HALF, weight=weight), Units(user, "talk"))
    assert split is not None
    assert (split.unit, split.weight) == (user, weight)
    assert split.arm == arm_of("salt", user, weight)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_where_all_get_the_same_nothing_is_split(weight: float) -> None:
    assert split_of(replace(HALF, weight=weight), UNITS) is None


def test_a_shadow_exposes_nobody() -> None:
    split = split_of(replace(HALF, weight=0.0, is_shadowing=True), UNITS)
    assert split is not None
    assert (split.arm, split.weight) == ("stable", None)


def test_a_rollout_by_conversations_splits_conversations() -> None:
    split = split_of(replace(HALF, per="conversation"), UNITS)
    assert split is not None
    assert split.unit == "talk"


def test_a_rollout_is_found_by_its_flow_its_name_and_its_id_until_it_ends() -> None:
    weights = Weights()
    weights.set(HALF)
    weights.set(replace(HALF, weight=0.9))
    assert weights.of_flow("say") == weights.named("up") == weights.named("up-1")
    assert weights.named("up").weight == 0.9
    with pytest.raises(Refused, match="no rollout 'upp' is under way; did you mean 'up'"):
        weights.named("upp")
    weights.end("say")
    assert weights.of_flow("say") is None
    assert weights.all() == ()
