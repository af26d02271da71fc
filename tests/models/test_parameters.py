from genaiops.models.parameters import drawn_seed, with_defaults
from genaiops.records import Parameters


def test_what_is_given_comes_before_the_defaults_and_zero_is_given() -> None:
    defaults = Parameters(temperature=1.0, max_tokens=9, stop=("A",))
    given = Parameters(temperature=0.0, seed=0)
    merged = Parameters(temperature=0.0, seed=0, max_tokens=9, stop=("A",))
    assert with_defaults(given, defaults) == merged
    assert with_defaults(Parameters(), defaults) == defaults


def test_a_repeat_moves_a_fixed_seed_and_leaves_none_alone() -> None:
    assert [drawn_seed(7, repeat) for repeat in range(3)] == [7, 8, 9]
    assert drawn_seed(None, 3) is None
