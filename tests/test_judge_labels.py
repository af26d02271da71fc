"""The judges of others beside people: published figures, reproduced from the public data."""

from pathlib import Path

import pytest
from agreement.judges import PUBLISHED, figures
from judge_labels import MTRAG_METRICS, mtrag, pandalm

from genaiops.gates.agreeing import Agreement

DATA = Path(__file__).parents[2] / "shared/data"

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the shared data are not beside this repository"
)


@pytest.mark.parametrize("judge", list(PUBLISHED))
def test_pandalm_figures_are_reproduced_to_the_digit(judge: str) -> None:
    agreement = Agreement(tuple(label.rated for label in pandalm(DATA, judge)))
    assert len(agreement.answers) == 999
    assert agreement.split == 0
    assert tuple(f"{each:.2f}" for each in figures(agreement)) == PUBLISHED[judge]


@pytest.mark.parametrize("judge", list(PUBLISHED))
def test_people_agree_with_each_other_more_than_these_judges_do_with_them(judge: str) -> None:
    agreement = Agreement(tuple(label.rated for label in pandalm(DATA, judge)))
    people, other = agreement.raters_agreeing, agreement.judge_agreeing
    assert people.low is not None
    assert other.high is not None
    assert people.low > other.high + 0.15


def test_raters_of_mt_rag_and_a_published_metric_are_read() -> None:
    for metric in (None, *MTRAG_METRICS):
        labels = mtrag(DATA, "faithfulness", metric)
        assert len(labels) == 130
        assert {len(label.people) for label in labels} <= {1, 2, 3}
