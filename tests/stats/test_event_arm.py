import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats.event_arm import EventArm, event_gains
from tests.stats.strategies import steady

counts = st.integers(0, 40)
weights = st.sampled_from([0.01, 0.1, 0.5, 0.9])


@pytest.mark.parametrize(
    ("claim", "ratio", "candidate", "stable", "weight", "expected"),
    [
        ("worse", 1.0, 30, 20, 0.5, 0.13131),
        ("worse", 1.0, 20, 60, 0.1, 5.99135),
        ("tolerable", 1.5, 60, 75, 0.5, 5.67134),
    ],
)
def test_events_have_their_reference_evidence(
    claim: str, ratio: float, candidate: int, stable: int, weight: float, expected: float
) -> None:
    start = EventArm.start("worse" if claim == "worse" else "tolerable", ratio=ratio)
    found = start.updated(candidate, stable, weight=weight).log_e
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("claim", "ratio"), [("worse", 0.9), ("tolerable", 1.0)])
def test_a_ratio_that_cannot_be_proven_is_refused(claim: str, ratio: float) -> None:
    with pytest.raises(ValueError, match="cannot be proven"):
        EventArm.start("worse" if claim == "worse" else "tolerable", ratio=ratio)


@pytest.mark.parametrize("weight", [0.0, 1.0, -0.5])
def test_a_weight_at_which_there_is_one_arm_tells_nothing(weight: float) -> None:
    with pytest.raises(ValueError, match="outside of"):
        EventArm.start("worse", ratio=1).updated(1, 0, weight=weight)


@pytest.mark.parametrize("claim", ["worse", "tolerable"])
@pytest.mark.parametrize("weight", [0.01, 0.3, 0.5])
@pytest.mark.parametrize("ratio", [1.05, 1.5, 4.0])
def test_no_bet_gains_in_the_mean_where_the_claim_is_just_false(
    claim: str, weight: float, ratio: float
) -> None:
    kind = "worse" if claim == "worse" else "tolerable"
    of_candidate = weight * ratio / (weight * ratio + 1 - weight)
    for one, other in event_gains(kind, ratio, weight):
        mean = of_candidate * np.exp(one) + (1 - of_candidate) * np.exp(other)
        assert mean == pytest.approx(1)
        assert (one > other) == (claim == "worse")


def test_no_bet_is_on_a_ratio_that_is_not_tolerable() -> None:
    assert len(EventArm.start("tolerable", ratio=1.1).log_wealth) == 5
    assert len(EventArm.start("tolerable", ratio=2.0).log_wealth) == 6


@steady
@given(st.lists(st.tuples(counts, counts, weights), max_size=8))
def test_neither_order_nor_batches_of_one_weight_matter(
    looks: list[tuple[int, int, float]],
) -> None:
    forth = back = EventArm.start("worse", ratio=1.25)
    for candidate, stable, weight in looks:
        forth = forth.updated(candidate, 0, weight=weight).updated(0, stable, weight=weight)
    for candidate, stable, weight in reversed(looks):
        back = back.updated(candidate, stable, weight=weight)
    assert forth.log_wealth == pytest.approx(back.log_wealth)
    assert forth.peak >= max(0.0, forth.log_e)


@steady
@given(counts, counts, weights)
def test_a_bad_event_of_the_candidate_speaks_for_worse_and_against_tolerable(
    candidate: int, stable: int, weight: float
) -> None:
    worse = EventArm.start("worse", ratio=1.0).updated(candidate, stable, weight=weight)
    tolerable = EventArm.start("tolerable", ratio=1.5).updated(candidate, stable, weight=weight)
    assert worse.updated(1, 0, weight=weight).log_e > worse.log_e
    assert tolerable.updated(1, 0, weight=weight).log_e < tolerable.log_e


def test_60_looks_without_a_difference_cross_the_threshold_in_at_most_one_of_twenty() -> None:
    """2,000 rollouts with a rate that changes over the day and a weight that rises."""
    rng = np.random.default_rng(3)
    weights = np.repeat([0.05, 0.10, 0.25, 0.50], 15)
    rate = 0.05 * (1 + 0.8 * np.sin(np.linspace(0, 6, 60)))
    users = rng.binomial(300, weights, (2000, 60))
    bad_of_candidate, bad_of_stable = rng.binomial(users, rate), rng.binomial(300 - users, rate)
    gains = np.array([event_gains("worse", 1.0, float(weight)) for weight in weights])
    added = bad_of_candidate[..., None] * gains[:, :, 0] + bad_of_stable[..., None] * gains[:, :, 1]
    wealth = np.exp(np.cumsum(added, axis=1)).mean(axis=2)
    start = EventArm.start("worse", ratio=1.0)
    for look, weight in enumerate(weights):
        start = start.updated(
            int(bad_of_candidate[0, look]), int(bad_of_stable[0, look]), weight=float(weight)
        )
    assert start.log_e == pytest.approx(np.log(wealth[0, -1]))
    assert (wealth.max(axis=1) >= 20).mean() <= 0.025
