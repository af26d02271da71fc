import numpy as np
import pytest

from genaiops.stats.sample_ratio import SampleRatio, sample_ratio_log_e


@pytest.mark.parametrize(
    ("candidate", "users", "weight", "expected"),
    [(550, 1000, 0.5, 1.77451), (120, 1000, 0.1, -1.55681)],
)
def test_splits_have_their_reference_evidence(
    candidate: int, users: int, weight: float, expected: float
) -> None:
    found = sample_ratio_log_e(candidate, users - candidate, weight)
    assert found == pytest.approx(expected, abs=1e-4)


def test_evidence_is_restarted_and_multiplied_where_the_weight_changes() -> None:
    ratio = SampleRatio().updated(60, 50, weight=0.5).updated(40, 50, weight=0.5)
    ratio = ratio.updated(30, 70, weight=0.25)
    expected = sample_ratio_log_e(100, 100, 0.5) + sample_ratio_log_e(30, 70, 0.25)
    assert ratio.log_e == pytest.approx(expected)


def test_no_user_changes_nothing() -> None:
    ratio = SampleRatio().updated(3, 4, weight=0.5)
    assert ratio.updated(0, 0, weight=0.1) is ratio
    assert SampleRatio().log_e == 0


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_weight_at_which_there_is_one_arm_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="outside of"):
        SampleRatio().updated(1, 1, weight=weight)


def test_a_right_split_is_not_broken_at_any_of_100_looks_and_47_of_100_is_found() -> None:
    rng = np.random.default_rng(5)
    right, wrong = (rng.binomial(100, share, (200, 100)).cumsum(axis=1) for share in (0.5, 0.47))
    users = np.arange(1, 101) * 100

    def found(candidates: np.ndarray) -> float:
        paths = [
            any(
                sample_ratio_log_e(int(c), int(n - c), 0.5) >= np.log(1000)
                for c, n in zip(row, users, strict=True)
            )
            for row in candidates
        ]
        return float(np.mean(paths))

    assert found(right) == 0
    assert found(wrong) > 0.8
