import random
from collections.abc import Iterable
from math import fsum

from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.total import Total
from genaiops.records import Usage

COSTS = st.none() | st.floats(0, 1000)
USAGES = st.builds(
    Usage, input_tokens=st.integers(0, 9), output_tokens=st.integers(0, 9), cost_usd=COSTS
)


def total_of(usages: Iterable[Usage]) -> Usage:
    total = Total()
    for usage in usages:
        total.add(usage)
    return total.usage


@given(st.lists(USAGES), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing(usages: list[Usage], draw: random.Random) -> None:
    shuffled = list(usages)
    draw.shuffle(shuffled)
    assert total_of(shuffled) == total_of(usages)


@given(st.lists(st.builds(Usage, cost_usd=st.floats(0, 1000)), min_size=1))
def test_the_sum_of_costs_is_rounded_once(usages: list[Usage]) -> None:
    assert total_of(usages).cost_usd == fsum(usage.cost_usd or 0.0 for usage in usages)


@given(st.lists(USAGES))
def test_it_knows_and_counts_what_usage_does(usages: list[Usage]) -> None:
    added = sum(usages, Usage())
    found = total_of(usages)
    assert (found.input_tokens, found.output_tokens) == (added.input_tokens, added.output_tokens)
    assert (found.cost_usd is None) == (added.cost_usd is None)


def test_one_case_of_unknown_cost_leaves_the_cost_unknown() -> None:
    known = Usage(input_tokens=1, cost_usd=0.5)
    assert total_of([known, Usage(input_tokens=1), known]).cost_usd is None
    assert total_of([known, Usage(), known]).cost_usd == 1.0
