import pytest
from pydantic import JsonValue

from genaiops.rollout.forecast import LIKELY, Forecast, MetricForecast, forecast
from genaiops.rollout.simulation import Effect, simulate
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import RolloutSpec
from tests.rollout.build import spec_of

BUSY = Traffic(300, 1.0, {"bad": 0.1})
SHADOW_FIRST: list[JsonValue] = [
    {"shadow": "until_verdict"},
    {"weight": 50, "max_exposed_users": 100},
]


def spec_with(**changed: JsonValue) -> RolloutSpec:
    goals: JsonValue = [{"metric": "bad", "margin_ratio": 1.5}]
    return spec_of(**{"flow": "external", "guards": [], "goals": goals, **changed})


def of(found: Forecast, metric: str) -> MetricForecast:
    return next(each for each in found.metrics if each.metric == metric)


def test_steps_take_their_time_or_as_long_as_their_users_need() -> None:
    spec = spec_with(steps=[{"weight": 1}, {"weight": 50, "min_time": "20m"}])
    found = forecast(spec, BUSY)
    assert [(step.weight, step.lasts_s, step.exposed) for step in found.steps] == [
        (0.01, pytest.approx(2000), 100),
        (0.5, 1200, 3000),
    ]


@pytest.mark.parametrize("times", [2.0, 3.0])
@pytest.mark.parametrize("goal", [{"margin_ratio": 1.5}, {"margin": 0.1}], ids=str)
def test_what_is_told_is_what_the_machine_does(times: float, goal: dict[str, JsonValue]) -> None:
    spec = spec_with(steps=[25], goals=[{"metric": "bad", **goal}])
    traffic = Traffic(60, 1.0, {"bad": 0.1})
    told = of(forecast(spec, traffic), "bad").found_s[times]
    assert told is not None
    ends = simulate(spec, traffic, Effect({"bad": times}), range(80)).ends
    in_time = [end.phase == "rolled_back" and end.after_s <= told + 60 for end in ends]
    assert sum(in_time) / 80 == pytest.approx(LIKELY, abs=0.15)


def test_a_larger_harm_is_found_sooner_and_more_traffic_knows_more() -> None:
    busy, quiet = (of(forecast(spec_with(), Traffic(per_min, 1.0)), "bad") for per_min in (300, 10))
    found = [at for at in busy.found_s.values() if at is not None]
    assert found == sorted(found, reverse=True)
    assert len(found) == len(busy.found_s) == 4  # ten times a tenth is everybody
    assert (busy.proven_s or 1e9) < (quiet.proven_s or 1e9)


def test_shadow_tells_more_than_users_split_in_two() -> None:
    shadow, split = (
        forecast(spec_with(flow="flows/a", eval="a", steps=steps), Traffic(5, 0.4))
        for steps in (SHADOW_FIRST, [50])
    )
    assert shadow.promoted_s is not None
    assert split.promoted_s is not None
    assert shadow.promoted_s < split.promoted_s
    assert sum(step.exposed for step in shadow.steps) == 100


def test_feedback_is_not_learned_in_shadow() -> None:
    spec = spec_with(
        flow="flows/a", eval="a", steps=[{"shadow": "until_verdict"}, 50], guards=["feedback"]
    )
    found = forecast(spec, BUSY)
    at = of(found, "feedback").found_s[5.0]
    shadow_s = found.steps[0].lasts_s
    assert shadow_s is not None
    assert at is None or at > shadow_s


def test_a_guard_that_would_be_found_later_than_promotion_is_not_found() -> None:
    spec = spec_with(guards=["errors"], steps=[50])
    found = forecast(spec, BUSY)
    assert found.promoted_s is not None
    errors = of(found, "errors").found_s
    assert errors[1.5] is None
    assert all(at is None or at <= found.promoted_s for at in errors.values())


def test_exposed_users_are_all_that_a_proof_can_have() -> None:
    spec = spec_with(steps=[{"weight": 50, "max_exposed_users": 50}])
    found = forecast(spec, BUSY)
    assert found.unproven == ("bad",)
    assert found.promoted_s is None


def test_steps_that_take_longer_than_the_rollout_may_have_no_end() -> None:
    found = forecast(spec_with(steps=[1, 50], max_time="1h"), Traffic(30, 1.0, {"bad": 0.5}))
    assert found.promoted_s is None


def test_a_window_comes_on_top() -> None:
    now, later = (forecast(spec_with(window=window), BUSY) for window in ("0s", "1h"))
    assert (of(later, "bad").proven_s or 0) == pytest.approx((of(now, "bad").proven_s or 0) + 3600)


def test_the_same_seed_tells_the_same() -> None:
    assert forecast(spec_with(), BUSY, seed=3) == forecast(spec_with(), BUSY, seed=3)
