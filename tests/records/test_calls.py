import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.records import Usage

USAGES = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**6),
    cost_usd=st.none() | st.integers(0, 10**6).map(float),
)


@given(USAGES, USAGES)
def test_the_order_of_adding_up_does_not_matter(one: Usage, other: Usage) -> None:
    assert one + other == other + one


@given(USAGES)
def test_nothing_used_adds_nothing(usage: Usage) -> None:
    assert usage + Usage() == usage


@pytest.mark.parametrize(
    ("one", "other", "cost_usd"),
    [(0.25, 0.5, 0.75), (0.25, None, None), (None, None, None)],
    ids=["known", "one unknown", "both unknown"],
)
def test_an_unknown_cost_stays_unknown(
    one: float | None, other: float | None, cost_usd: float | None
) -> None:
    total = Usage(input_tokens=1, cost_usd=one) + Usage(input_tokens=2, cost_usd=other)
    assert total == Usage(input_tokens=3, cost_usd=cost_usd)
