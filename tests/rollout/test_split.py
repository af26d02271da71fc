import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.rollout.split import arm_of, bucket, is_sampled
from tests.stats.strategies import steady

USERS = [f"user-{number}" for number in range(4000)]


def test_a_bucket_is_the_hash_of_salt_and_user() -> None:
    assert bucket("salt", "ada") == 0.4718495879874236


@steady
@given(st.text(max_size=8), st.text(max_size=20), st.floats(0, 1), st.floats(0, 1))
def test_a_rising_weight_brings_nobody_back_to_stable(
    salt: str, user: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert (arm_of(salt, user, low), arm_of(salt, user, high)) != ("candidate", "stable")
    assert arm_of(salt, user, 0) == "stable"
    assert arm_of(salt, user, 1) == "candidate"


@pytest.mark.parametrize("weight", [0.01, 0.1, 0.5])
def test_the_candidate_gets_its_share_of_users(weight: float) -> None:
    count = sum(arm_of("a", user, weight) == "candidate" for user in USERS)
    assert abs(count - 4000 * weight) < 4 * (4000 * weight * (1 - weight)) ** 0.5


def test_another_salt_and_a_sample_draw_anew() -> None:
    first = {user for user in USERS if arm_of("a", user, 0.2) == "candidate"}
    other = {user for user in USERS if arm_of("b", user, 0.2) == "candidate"}
    sampled = {user for user in USERS if is_sampled("a", user, "judge", 0.2)}
    assert 100 < len(first & other) < 220
    assert 100 < len(first & sampled) < 220
