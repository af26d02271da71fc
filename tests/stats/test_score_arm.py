import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats.eprocess import EProcess
from genaiops.stats.score_arm import ScoreArm
from tests.stats.strategies import grades, steady

weights = st.sampled_from([0.01, 0.1, 0.5, 0.9])
margins = st.sampled_from([0.02, 0.05, 0.2])


@steady
@given(grades, grades, weights, margins, st.sampled_from(["worse", "tolerable"]))
def test_no_bet_is_ever_ruined(
    candidate: list[float], stable: list[float], weight: float, margin: float, claim: str
) -> None:
    kind = "worse" if claim == "worse" else "tolerable"
    process = ScoreArm.start(kind, margin=margin)
    for _ in range(3):
        process = process.updated(candidate, stable, weight=weight)
    process = process.updated([0.0, 1.0], [0.0, 1.0], weight=weight)
    assert np.all(np.isfinite(process.log_wealth))


@steady
@given(weights, margins, st.sampled_from(["worse", "tolerable"]), grades)
def test_no_bet_gains_in_the_mean_where_the_claim_is_just_false(
    weight: float, margin: float, claim: str, seen: list[float]
) -> None:
    """Users of the candidate are .3 + drop bad, those of stable .3, in a two-point law."""
    kind = "worse" if claim == "worse" else "tolerable"
    drop = 0.0 if claim == "worse" else margin
    process = ScoreArm.start(kind, margin=margin).updated(seen, seen, weight=weight)
    gains = np.exp(process.gains(np.array([0.0, 1.0]), np.array([0.0, 1.0]), weight=weight))
    bad, bad_of_stable = 0.3 + drop, 0.3
    chances = (
        weight * (1 - bad), weight * bad,
        (1 - weight) * (1 - bad_of_stable), (1 - weight) * bad_of_stable,
    )  # fmt: skip
    assert np.array(chances) @ gains == pytest.approx(np.ones(25))


def test_pairs_have_the_evidence_of_the_paired_process() -> None:
    candidate, stable = [0.0, 1.0, 0.5, 0.25], [0.5, 0.0, 0.5, 1.0]
    ours = ScoreArm.start("tolerable", margin=0.1).updated_by_pairs(candidate, stable)
    differences = [two - one for one, two in zip(candidate, stable, strict=True)]
    theirs = EProcess.start("pass", margin=0.1).updated(differences)
    assert ours.log_wealth == pytest.approx(theirs.log_wealth)
    assert ours.log_e == pytest.approx(theirs.log_e)


@pytest.mark.parametrize("weight", [0.1, 0.5])
@pytest.mark.parametrize("claim", ["worse", "tolerable"])
def test_looks_cross_the_threshold_of_a_false_claim_in_at_most_one_of_twenty(
    weight: float, claim: str
) -> None:
    """250 rollouts of 30 looks at 40 graded scores, by the definition of the wealth."""
    rng = np.random.default_rng(11)
    kind = "worse" if claim == "worse" else "tolerable"
    drop = 0.0 if claim == "worse" else 0.1
    crossed = 0
    for _ in range(250):
        process = ScoreArm.start(kind, margin=0.1)
        for _ in range(30):
            arms = rng.random(40) < weight
            scores = rng.beta(1, 3, 40) * (1 - drop) + drop * arms
            process = process.updated(scores[arms], scores[~arms], weight=weight)
        crossed += process.peak >= np.log(20)
    assert crossed / 250 <= 0.05


def test_what_all_scores_have_in_common_costs_nothing() -> None:
    process = ScoreArm.start("tolerable", margin=0.05)
    for _ in range(20):
        process = process.updated([0.4, 0.42] * 5, [0.41, 0.39] * 5, weight=0.5)
    assert process.peak >= np.log(20)


def test_a_clear_drop_is_proven() -> None:
    process = ScoreArm.start("worse", margin=0.05)
    for _ in range(20):
        process = process.updated([0.8] * 5, [0.3] * 5, weight=0.5)
    assert process.peak >= np.log(20)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_badness_outside_of_the_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"outside of \[0, 1\]"):
        ScoreArm.start("worse", margin=0.1).updated([value], [], weight=0.5)


def test_arms_of_different_length_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="2 scores cannot pair with 1"):
        ScoreArm.start("worse", margin=0.1).updated_by_pairs([0.0, 1.0], [0.0])


@pytest.mark.parametrize(("margin", "weight"), [(0.0, 0.5), (1.0, 0.5), (0.1, 0.0), (0.1, 1.0)])
def test_what_nothing_can_be_proven_with_is_refused(margin: float, weight: float) -> None:
    with pytest.raises(ValueError, match="outside of"):
        ScoreArm.start("worse", margin=margin).updated([0.0], [0.0], weight=weight)


def test_no_score_is_no_evidence() -> None:
    start = ScoreArm.start("worse", margin=0.1)
    assert start.updated([], [], weight=0.5) == start.updated_by_pairs([], []) == start
    assert start.log_e == pytest.approx(0.0)
