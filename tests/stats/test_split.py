from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats import Counts, PairedTest, Units, paired_binary
from genaiops.stats.eprocess import Claim
from genaiops.stats.split import Split, outlook
from tests.stats.strategies import few

NO_PROOF = PairedTest(-1, 1, passes=False, fails=False, p_pass=0.5, p_fail=0.5, method="none")


def units(differences: list[float]) -> Units:
    return Units.of_cases(differences, differences, lo=-1, hi=1)


def proof(p_pass: float = 1.0, p_fail: float = 1.0) -> PairedTest:
    return PairedTest(-1, 1, passes=True, fails=True, p_pass=p_pass, p_fail=p_fail, method="none")


def test_the_error_is_split_into_three_tenths_for_looks_and_the_rest_for_the_cap() -> None:
    split = Split.start(margin=0.05, cap=100, alpha=0.05)
    assert split.early_alpha == pytest.approx(0.015)
    assert split.final_alpha == pytest.approx(0.035)


def test_a_clear_drop_stops_early_and_stays_claimed() -> None:
    split = Split.start(margin=0.05, cap=400).updated(units([-1.0, 0.0] * 16))
    assert (split.proofs().claim(0.05), split.units) == ("fail", 32)
    assert split.updated(units([1.0] * 8)).proofs().claim(0.05) == "fail"


def test_a_clear_improvement_stops_early() -> None:
    split = Split.start(margin=0.05, cap=400).updated(units([1.0, 0.0] * 16))
    assert split.proofs().claim(0.05) == "pass"


def test_scores_of_another_range_are_judged_by_their_share_of_it() -> None:
    stars = Units.of_cases([-4.0, 0.0] * 16, [-4.0, 0.0] * 16, lo=-4, hi=4)
    shares = Split.start(margin=0.05, cap=400).updated(units([-1.0, 0.0] * 16))
    assert Split.start(margin=0.05, cap=400).updated(stars) == shares


@pytest.mark.parametrize(
    ("test", "claim"),
    [
        (proof(p_pass=0.0349), "pass"),
        (proof(p_pass=0.036), None),
        (proof(p_fail=0.0349), "fail"),
        (proof(p_pass=0.01, p_fail=0.01), "pass"),
        (NO_PROOF, None),
    ],
)
def test_at_the_cap_the_rest_of_the_error_decides(test: PairedTest, claim: Claim | None) -> None:
    split = Split.start(margin=0.05, cap=2).updated(units([0.0, 0.0]))
    assert split.proofs(test).claim(0.05) == claim


def test_an_early_proof_outlives_the_test_at_the_cap() -> None:
    split = Split.start(margin=0.05, cap=32).updated(units([-1.0, 0.0] * 16))
    assert split.proofs(NO_PROOF).claim(0.05) == "fail"
    assert split.proofs(proof(p_pass=0.03)).claim(0.05) == "pass"


def test_the_p_value_is_that_of_the_stronger_proof_at_its_share_of_the_error() -> None:
    split = Split.start(margin=0.05, cap=32).updated(units([-1.0, 0.0] * 3))
    assert split.proofs().p_fail == min(1.0, split.failing.p_value / 0.3)
    assert split.proofs(proof(p_fail=0.007)).p_fail == pytest.approx(0.01)


def test_a_missing_score_counts_for_neither_claim() -> None:
    lost, found = [-1.0, 0.0] * 16, [1.0, 0.0] * 16
    split = Split.start(margin=0.05, cap=400)
    after = split.updated(Units.of_cases(lost, found, lo=-1, hi=1))
    assert after.proofs().claim(0.05) is None


def test_clusters_are_units() -> None:
    broken = Units(np.zeros((2, 20)), np.full(20, 3.0), -1, 1)
    split = Split.start(margin=0.05, cap=100, largest_cluster=3).updated(broken)
    assert (split.proofs().claim(0.05), split.units) == ("fail", 20)
    with pytest.raises(ValueError, match="a cluster of 3, but at most 1 declared"):
        Split.start(margin=0.05, cap=100).updated(broken)


def test_a_cap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="cap 0 is below 1"):
        Split.start(margin=0.05, cap=0)


def test_nothing_is_foreseen_from_few_cases() -> None:
    seen = units([0.0] * 19)
    found = outlook(Split.start(margin=0.05, cap=200).updated(seen), seen, seed=1)
    assert (found.chance, found.is_futile) == (None, False)


def test_an_unchanged_candidate_will_pass_if_there_are_cases_enough() -> None:
    seen = units([0.0] * 30)
    enough, too_few = (Split.start(margin=0.05, cap=cap).updated(seen) for cap in (100, 60))
    assert outlook(enough, seen, seed=1).chance == 1.0
    futile = outlook(too_few, seen, seed=1)
    assert (futile.can_pass, futile.chance, futile.is_futile) == (True, 0.0, True)


def test_nothing_can_decide_what_the_last_cases_cannot_move() -> None:
    seen = units([1.0, -1.0] * 48 + [-1.0] * 2)
    found = outlook(Split.start(margin=0.05, cap=100).updated(seen), seen, seed=1)
    assert (found.can_pass, found.can_fail, found.is_futile) == (False, False, True)


def test_at_the_cap_the_chance_is_what_was_seen() -> None:
    lost, equal = units([-1.0, *[0.0] * 3] * 20), units([0.0] * 80)
    split = Split.start(margin=0.02, cap=80)
    assert outlook(split.updated(lost), lost, seed=1).chance == 1.0
    assert outlook(split.updated(equal), equal, seed=1).chance == 0.0


def test_a_likely_drop_is_worth_going_on() -> None:
    seen = units([-1.0, *[0.0] * 9] * 3)
    found = outlook(Split.start(margin=0.05, cap=200).updated(seen), seen, seed=1)
    assert found.chance is not None
    assert found.chance > 0.5
    assert found == outlook(Split.start(margin=0.05, cap=200).updated(seen), seen, seed=1)


@few
@given(
    st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=20, max_size=60),
    st.integers(0, 20),
)
def test_what_cannot_happen_has_no_chance(values: list[float], left: int) -> None:
    seen = units(values)
    split = Split.start(margin=0.1, cap=len(values) + left).updated(seen)
    found = outlook(split, seen, seed=1)
    assert found.chance is not None
    assert 0 <= found.chance <= 1
    if not (found.can_pass or found.can_fail):
        assert found.chance == 0


@dataclass(frozen=True, slots=True)
class World:
    """0/1 scores, right in 85 of 100 cases, that differ by chance in twice `noise` of the pairs.

    Of the cases so many break, or are mended, that the mean changes by `change`.
    """

    change: float
    noise: float = 0.085

    def paths(self, count: int, cap: int) -> np.ndarray:
        touched = self.change / 0.15 if self.change > 0 else -self.change / 0.85
        by_chance = self.noise * (1 - touched)
        gain, loss = by_chance + max(0.0, self.change), by_chance + max(0.0, -self.change)
        uniform = np.random.default_rng(17).random((count, cap))
        return (uniform < gain).astype(float) - (uniform > 1 - loss)


def simulate(world: World, *, paths: int, cap: int) -> tuple[Counter[Claim | None], float]:
    """Claims, and the mean share of the cap that was seen, with a look at every 16 cases."""
    claims, seen = Counter[Claim | None](), 0
    for path in world.paths(paths, cap):
        split = Split.start(margin=0.05, cap=cap)
        claim: Claim | None = None
        while claim is None and split.units < cap:
            split = split.updated(units(list(path[split.units : split.units + 16])))
            claim = split.proofs().claim(0.05)
        if claim is None:
            gains, harms = int((path > 0).sum()), int((path < 0).sum())
            counts = Counts(gains, harms, cap)
            test = paired_binary(counts, counts, margin=0.05, alpha=0.035)
            claim = split.proofs(test).claim(0.05)
        claims[claim] += 1
        seen += split.units
    return claims, seen / (paths * cap)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "claim", "saved"),
    [(-0.2, "fail", 0.75), (-0.1, "fail", 0.45), (0.05, "pass", 0.5)],
)
def test_clear_cases_save_calls(change: float, claim: str, saved: float) -> None:
    """At the number of cases with which an unchanged candidate passes four times of five."""
    claims, seen = simulate(World(change), paths=300, cap=421)
    assert claims["pass" if claim == "pass" else "fail"] >= 0.95 * 300
    assert 1 - seen >= saved


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.085, 0.0], ids=["noisy", "sparse"])
def test_a_drop_of_the_margin_passes_rarely_and_no_change_fails_rarely(noise: float) -> None:
    allowed = 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
    assert simulate(World(-0.05, noise), paths=200, cap=200)[0]["pass"] / 200 <= allowed
    assert simulate(World(0.0, noise), paths=200, cap=200)[0]["fail"] / 200 <= allowed
