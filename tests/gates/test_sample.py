import numpy as np
import pytest

from genaiops.gates.sample import Level, Sample
from genaiops.records import CaseScores
from tests.gates.build import ANSWER_F1, merged


def test_cases_that_share_no_cluster_stand_for_themselves() -> None:
    assert Sample.of([None, "a", "b"]) == Sample(3)
    assert Sample.of([]) == Sample(0)


def test_cases_without_a_cluster_are_clusters_of_their_own() -> None:
    assert Sample.of(["a", "a", "b", None]) == Sample(4, clusters=3, largest=2)


def test_a_grown_sample_keeps_its_kind() -> None:
    assert Sample(40, clusters=10, largest=5).grown(80) == Sample(80, 20, 5)
    assert Sample(40).grown(80) == Sample(80)


def test_the_spread_keeps_the_variance_of_the_mean() -> None:
    spread = Sample(40, clusters=10, largest=5).spread(0.2)
    assert (spread.units, spread.clusters) == (8, 10)
    assert spread.variance / spread.units == pytest.approx(0.2 / 40)


def _level(rows: list[tuple[float, str | None]]) -> Level:
    cases = [
        CaseScores(case_id=f"{place:02}", cluster=cluster, scores={"answer_f1": (score,)})
        for place, (score, cluster) in enumerate(rows)
    ]
    return Level.of(merged(ANSWER_F1, cases), ANSWER_F1)


def test_the_variance_of_free_cases_is_the_usual_one() -> None:
    level = _level([(0.1, None), (0.5, None), (0.9, None)])
    assert level.variance(level.arm.worst) == pytest.approx(float(np.var([0.1, 0.5, 0.9], ddof=1)))


def test_clusters_that_fare_alike_count_as_one_case_each() -> None:
    twice = _level([(value, str(value)) for value in (0.1, 0.5, 0.9) for _ in range(2)])
    once = float(np.var([0.1, 0.5, 0.9], ddof=1))
    assert twice.variance(twice.arm.worst) / 6 == pytest.approx(once / 3)


def test_a_single_case_has_no_variance() -> None:
    level = _level([(0.5, None)])
    assert level.variance(level.arm.worst) == 0
