import pytest
from pydantic import JsonValue

from genaiops.records import MetricInfo
from genaiops.rollout.badness import badness_of
from genaiops.specs.rollout import GoalSpec, GuardSpec

RATING = MetricInfo(name="m", metric="m", low=1, high=5, direction="higher", digest="d")
LEAK = MetricInfo(name="m", metric="m", low=0, high=1, direction="lower", binary=True, digest="d")


@pytest.mark.parametrize(("value", "bad"), [(5, 0.0), (4, 0.25), (1, 1.0), (0, 1.0), (7, 0.0)])
def test_with_a_margin_it_is_the_way_from_the_best(value: float, bad: float) -> None:
    goal = GoalSpec(metric="m", margin=0.1)
    assert badness_of(goal, RATING, value) == bad
    mirrored = RATING.model_copy(update={"direction": "lower"})
    assert badness_of(goal, mirrored, 6 - value) == bad


@pytest.mark.parametrize(
    ("said", "info", "value", "bad"),
    [
        ({"at_least": 3}, RATING, 3, 0),
        ({"at_least": 3}, RATING, 2.9, 1),
        ({"at_most": 3}, RATING, 3, 0),
        ({"at_most": 3}, RATING, 3.1, 1),
        ({}, LEAK, 1, 1),
        ({}, LEAK, 0, 0),
    ],
)
def test_else_a_score_is_a_bad_event_or_none(
    said: dict[str, JsonValue], info: MetricInfo, value: float, bad: float
) -> None:
    guard = GuardSpec.model_validate({"metric": "m", **said})
    assert badness_of(guard, info, value) == bad


def test_a_margin_needs_a_range() -> None:
    endless = RATING.model_copy(update={"high": None})
    with pytest.raises(ValueError, match="no bounded range"):
        badness_of(GoalSpec(metric="m", margin=0.1), endless, 3)
