import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.stats.corrected import Evidence, correct_carried, correct_own, response_of
from tests.stats.strategies import steady

PEOPLE = [1.0] * 73 + [0.0] * 27
JUDGE = [1.0] * 68 + [0.0] * 5 + [1.0] * 5 + [0.0] * 22
OTHERS = [1.0] * 794 + [0.0] * 206
CHECKED = Evidence.of(PEOPLE, JUDGE, OTHERS)


def test_ppi_check_numbers() -> None:
    found = correct_own(CHECKED)
    assert found is not None
    assert found.slope == pytest.approx(0.80835, abs=1e-4)
    assert found.around.mean == pytest.approx(0.78173, abs=1e-4)
    assert found.around.error == pytest.approx(0.03157, abs=1e-4)
    assert found.around.freedom == 99


def test_rogan_gladen_check_numbers() -> None:
    found = correct_carried(CHECKED, lo=0, hi=1)
    assert found is not None
    reach = 1.959964 * found.around.error
    assert found.around.mean == pytest.approx(0.81944, abs=1e-4)
    assert found.around.mean - reach == pytest.approx(0.73566, abs=1e-4)
    assert found.around.mean + reach == pytest.approx(0.90321, abs=1e-4)


def test_rogan_gladen_is_the_same_on_another_scale() -> None:
    def stretched(scores: list[float]) -> list[float]:
        return [1 + 4 * each for each in scores]

    evidence = Evidence.of(stretched(PEOPLE), stretched(JUDGE), stretched(OTHERS))
    found = correct_carried(evidence, lo=1, hi=5)
    assert found is not None
    assert found.around.mean == pytest.approx(1 + 4 * 0.81944, abs=4e-4)


def test_a_judge_that_sees_nothing_helps_nothing() -> None:
    generator = np.random.default_rng(3)
    people = generator.integers(0, 2, 100).astype(float)
    coin = generator.integers(0, 2, 1100).astype(float)
    evidence = Evidence.of(list(people), list(coin[:100]), list(coin[100:]))
    own = correct_own(evidence)
    assert own is not None
    assert own.slope < 0.2
    assert own.around.mean == pytest.approx(people.mean(), abs=0.02)
    assert correct_carried(evidence, lo=0, hi=1) is None


def test_a_constant_judge_and_a_judge_of_opposites_leave_the_labels_alone() -> None:
    for judge in ([1.0] * 100, [1 - each for each in PEOPLE]):
        found = correct_own(Evidence.of(PEOPLE, judge, judge * 5))
        assert found is not None
        assert found.slope == 0
        assert found.around.mean == pytest.approx(0.73)


def test_few_labels_are_not_tuned_by() -> None:
    found = correct_own(Evidence.of(PEOPLE[50:99], JUDGE[50:99], OTHERS))
    assert found is not None
    assert found.slope == 1


def test_all_answers_labelled_is_the_mean_of_the_labels() -> None:
    found = correct_own(Evidence.of(PEOPLE, JUDGE, []))
    assert found is not None
    assert found.around.mean == pytest.approx(0.73)
    assert found.around.error == pytest.approx(np.std(PEOPLE, ddof=1) / 10)


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_is_said_of_fewer_than_two_labels(n: int) -> None:
    assert correct_own(Evidence.of(PEOPLE[:n], JUDGE[:n], OTHERS)) is None


def test_labels_without_variation_cannot_be_carried() -> None:
    assert correct_carried(Evidence.of([0.5] * 60, [0.4] * 60, OTHERS), lo=0, hi=1) is None
    # Agreeing zeros are no proof of a response, whatever the half labels say.
    assert response_of([1.0] * 3, [1.0] * 3, lo=0, hi=1) < 0.5


def test_clusters_widen_the_error() -> None:
    ids = [*(i // 5 for i in range(100)), *(i // 5 + 20 for i in range(1000))]
    alone = correct_own(CHECKED)
    evidence = Evidence(CHECKED.people, CHECKED.judge, CHECKED.others, ids)
    together = correct_own(evidence)
    assert alone is not None
    assert together is not None
    assert together.around.mean == alone.around.mean
    assert together.around.error > 1.5 * alone.around.error
    assert together.around.freedom == 19


graded = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 0.6, 1.0]), st.sampled_from([0.0, 0.5, 1.0])),
    min_size=2,
    max_size=80,
)


@steady
@given(graded, st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=80), st.integers(0, 99))
def test_neither_order_nor_a_shift_of_the_judge_matters(
    labels: list[tuple[float, float]], others: list[float], seed: int
) -> None:
    people, judge = zip(*labels, strict=True)
    found = correct_own(Evidence.of(people, judge, others))
    order = np.random.default_rng(seed).permutation(len(labels))
    mixed = Evidence.of(
        [people[i] for i in order], [judge[i] + 2 for i in order], [each + 2 for each in others]
    )
    moved = correct_own(mixed)
    assert found is not None
    assert moved is not None
    assert moved.around.mean == pytest.approx(found.around.mean)
    assert moved.around.error == pytest.approx(found.around.error, abs=1e-9)
