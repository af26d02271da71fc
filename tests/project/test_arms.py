import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.project.arms import (
    AS_IT_IS,
    Way,
    arms_of,
    beside_the_flow_as_it_is,
    parse_settings,
)
from genaiops.project.overrides import FlowOverrides
from genaiops.records import Parameters

NAMES = st.lists(st.text("abcdef", min_size=1, max_size=4), max_size=4, unique=True)


@given(NAMES, NAMES, st.integers(0, 3))
def test_each_way_meets_each_model_and_each_setting_once(
    ways: list[str], models: list[str], settings: int
) -> None:
    chosen = [Parameters(seed=place) for place in range(settings)]
    arms = arms_of([Way(name, variant=name) for name in ways], models, chosen)
    assert len(arms) == max(len(ways), 1) * max(len(models), 1) * max(settings, 1)
    assert len({arm.overrides for arm in arms}) == len(arms)
    assert all(arm.label for arm in arms)


def test_a_label_names_what_differs_and_nothing_else() -> None:
    ways = [Way("a", prompt="-p a.md"), Way("b", prompt="-p b.md")]
    assert [arm.label for arm in arms_of(ways, ["m"], [])] == ["a", "b"]
    assert [arm.label for arm in arms_of([], ["m", "n"], [])] == ["m", "n"]
    settings = parse_settings(["temperature=0,0.7"])
    assert [arm.label for arm in arms_of(ways[:1], ["m"], settings)] == [
        "temperature=0", "temperature=0.7",
    ]  # fmt: skip
    assert [arm.label for arm in arms_of(ways, ["m", "n"], [])] == [
        "a · m", "a · n", "b · m", "b · n",
    ]  # fmt: skip
    assert [arm.label for arm in arms_of([], [], [])] == [AS_IT_IS]
    assert [arm.label for arm in arms_of([], ["m"], [])] == ["m"]


def test_a_single_arm_is_compared_with_the_flow_as_it_is() -> None:
    first, second = beside_the_flow_as_it_is(arms_of([Way("b", prompt="-p b.md")], [], []))
    assert (first.label, first.overrides) == (AS_IT_IS, FlowOverrides())
    assert (second.label, second.overrides.prompt) == ("b.md", "-p b.md")
    two = arms_of([], ["m", "n"], [])
    assert beside_the_flow_as_it_is(two) is two
    assert len(beside_the_flow_as_it_is(arms_of([], [], []))) == 1


@pytest.mark.parametrize(
    ("ways", "models", "told"),
    [
        (["a", "a"], [], "prompt or variant 'a' is named twice"),
        ([], ["m", "n", "m"], "model 'm' is named twice"),
        ([str(n) for n in range(101)], ["m", "n"], "202 combinations are more than 200"),
    ],
)
def test_arms_that_make_no_sense_are_refused(ways: list[str], models: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        arms_of([Way(name) for name in ways], models, [])


def test_settings_are_combined() -> None:
    found = parse_settings(["temperature=0,0.7", "max_tokens=10"])
    assert found == (
        Parameters(temperature=0, max_tokens=10), Parameters(temperature=0.7, max_tokens=10),
    )  # fmt: skip
    assert parse_settings([]) == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["temperature"], "write NAME=VALUE"),
        (["temperature="], "write NAME=VALUE"),
        (["temprature=1"], "no parameter 'temprature'; did you mean 'temperature'"),
        (["temperature=warm"], "--param temperature: input should be a valid number"),
        (["seed=1", "seed=2"], "--param seed is given twice"),
    ],
)
def test_a_setting_that_is_none_is_told(written: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_settings(written)
