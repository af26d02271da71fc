"""The figures that docs/rollout.md promises, in small; benchmarks/rollout.py has them in large."""

import numpy as np
import pytest
from pydantic import JsonValue

from genaiops.rollout.machine import begin, decide
from genaiops.rollout.outcomes import Outcome, Outcomes
from genaiops.rollout.simulation import Effect, Simulated, simulate
from genaiops.rollout.split import arm_of
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import RolloutSpec
from tests.rollout.build import spec_of

HOUR: list[JsonValue] = [{"weight": weight, "min_time": "15m"} for weight in (5, 10, 25, 50)]


def hour_of(bad: float, times: float, rollouts: int) -> Simulated:
    """An hour of 300 users a minute with a look a minute."""
    goals: JsonValue = [{"metric": "bad", "margin_ratio": 2}]
    spec = spec_of(flow="external", steps=HOUR, guards=[], goals=goals, max_time="1h")
    return simulate(spec, Traffic(300, 1.0, {"bad": bad}), Effect({"bad": times}), range(rollouts))


@pytest.mark.slow
@pytest.mark.parametrize("bad", [0.005, 0.1])
def test_without_a_difference_at_most_one_of_forty_is_rolled_back(bad: float) -> None:
    assert hour_of(bad, 1.0, 400).share("rolled_back").value <= 0.025


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bad", "times", "within_min"), [(0.1, 2.0, 8), (0.005, 4.0, 20)], ids=["10-20%", ".5-2%"]
)
def test_what_is_plainly_worse_is_rolled_back_soon(
    bad: float, times: float, within_min: float
) -> None:
    found = hour_of(bad, times, 200)
    assert found.share("rolled_back").value >= 0.99
    assert (found.after_s("rolled_back") or 1e9) <= 60 * within_min


def test_what_is_worse_by_more_than_is_tolerated_is_hardly_ever_promoted() -> None:
    assert hour_of(0.1, 2.0, 60).share("promoted").value <= 0.05


def test_what_is_like_stable_is_promoted() -> None:
    assert hour_of(0.1, 1.0, 40).share("promoted").value >= 0.9


def test_shares_have_their_monte_carlo_error() -> None:
    found = hour_of(0.1, 2.0, 20)
    assert found.share("paused").value == 0
    assert found.share("paused").error == pytest.approx((0.025 * 0.975 / 20) ** 0.5)


def test_the_same_seeds_end_alike() -> None:
    assert hour_of(0.1, 1.5, 5) == hour_of(0.1, 1.5, 5)


def test_a_window_delays_what_is_known() -> None:
    after = [
        simulate(
            spec_of(flow="external", steps=[50], window=window),
            Traffic(300, 1.0),
            Effect({"feedback": 5.0}),
            range(5),
        ).after_s("rolled_back")
        for window in ("0s", "20m")
    ]
    assert (after[1] or 0) >= (after[0] or 0) + 1200


def test_a_full_step_waits_for_its_window_without_new_users() -> None:
    steps = [{"weight": 10, "max_exposed_users": 50}, 50]
    spec = spec_of(flow="external", steps=steps, window="10m")
    found = simulate(spec, Traffic(300, 1.0), Effect({}), range(5))
    assert found.share("promoted").value == 1
    assert (found.after_s("promoted") or 0) >= 1200


def sticky_rollback(spec: RolloutSpec, seed: int) -> bool:
    """Whether an hour of few busy users and many quiet ones, all alike in both arms, rolls back."""
    rng = np.random.default_rng(seed)
    activity = rng.lognormal(0, 1.5, 2000)
    propensity = rng.beta(0.2, 1.8, 2000)
    users = rng.choice(2000, 9000, p=activity / activity.sum())
    bad = rng.random(9000) < propensity[users]
    outcomes = Outcomes(frozenset())
    state = begin(spec, salt=str(seed), now=0.0).state
    for request, (user, is_bad) in enumerate(zip(users, bad, strict=True), start=1):
        arm = arm_of(state.salt, str(user), 0.5)
        outcomes.add(Outcome(str(user), arm, 0.5, request * 0.4, {"bad": float(is_bad)}))
        if request % 150 == 0:
            state = decide(spec, state, outcomes.look(request * 0.4), request * 0.4).state
    return state.phase == "rolled_back"


@pytest.mark.slow
def test_busy_users_with_hard_questions_roll_nothing_back() -> None:
    goals: JsonValue = [{"metric": "bad", "margin_ratio": 1.5}]
    spec = spec_of(flow="external", steps=[50], guards=[], goals=goals)
    assert sum(sticky_rollback(spec, seed) for seed in range(60)) / 60 <= 0.05
