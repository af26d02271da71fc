"""What was measured is read as it was written, and the figures of agreement are right."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from agreement.intervals import auroc, balanced_accuracy, bootstrap, mean, ranks, share, spearman
from agreement.row import NotThere
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from metrics import run, table
from scipy import stats

from genaiops.errors import InputError
from genaiops.metrics.agreement import Agreement, measured, read_measured, written_measured
from genaiops.metrics.catalog import METRICS

ROW = Agreement("answer_f1", "ours, dev", "AUROC", 1200, 0.9123456789, 0.88, 0.94, "≥ 0.9", "seen")
OF_OTHERS = "judges"
"""The part about raters, and judges of others, beside people."""
VALUES = arrays(float, 12, elements=st.integers(-3, 3).map(float))


def test_rows_are_read_as_they_were_written() -> None:
    plain = Agreement("chrf", "a", "b", 1, 66.77, None, None)
    written = written_measured({"text": (ROW, plain), "b": ()})
    rounded = read_measured(written)["text"][0]
    assert rounded.value == 0.912346
    assert read_measured(written)["text"][1] == plain
    assert written_measured(read_measured(written)) == written


def test_what_was_measured_is_of_metrics_that_there_are() -> None:
    ours = [rows for part, rows in measured().items() if part != OF_OTHERS]
    named = {row.of_metric for rows in ours for row in rows}
    assert named - METRICS.keys() == set()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("≥ 0.9", True), ("≥ 0.92", False), ("≤ 0.92", True), ("≤ 0.9", False), (None, None)],
)
def test_a_row_tells_whether_it_is_what_was_wanted(
    wanted: str | None, *, reached: bool | None
) -> None:
    row = Agreement("a", "b", "c", 1, 0.91, None, None, wanted)
    assert row.is_reached is reached


def test_a_wish_of_another_form_is_refused() -> None:
    with pytest.raises(InputError, match=r"not 'at least .9'"):
        Agreement("a", "b", "c", 1, 0.9, None, None, "at least .9")


def test_a_row_is_a_line_of_the_table() -> None:
    assert table([ROW]).splitlines()[2] == (
        "| answer_f1 | ours, dev | AUROC | 1,200 | 0.912 [0.88, 0.94] | ≥ 0.9 | seen |"
    )


def test_a_part_that_lacks_something_is_told_and_the_others_are_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def complete(data: Path, wheel: Path) -> Iterator[Agreement]:
        assert (data, wheel) == (Path("data"), Path("a.whl"))
        yield ROW

    def lacking(data: Path) -> Iterator[Agreement]:
        yield ROW
        raise NotThere(f"no {data} here")

    asked = Namespace(data=Path("data"), wheel=Path("a.whl"))
    assert run({"lacking": lacking, "complete": complete}, asked) == {"complete": (ROW,)}
    assert "lacking: not run: no data here" in capsys.readouterr().err


@given(VALUES, VALUES)
def test_ranks_and_their_correlation_are_those_of_scipy(
    left: np.ndarray, right: np.ndarray
) -> None:
    assert ranks(left) == pytest.approx(stats.rankdata(left))
    if np.ptp(left) and np.ptp(right):
        assert spearman(left, right) == pytest.approx(stats.spearmanr(left, right).statistic)
    else:
        assert np.isnan(spearman(left, right))


@given(VALUES, arrays(bool, 12))
def test_auroc_is_the_share_of_pairs_in_order(scores: np.ndarray, good: np.ndarray) -> None:
    pairs = [
        (above > below) + (above == below) / 2 for above in scores[good] for below in scores[~good]
    ]
    if pairs:
        assert auroc(scores, good) == pytest.approx(np.mean(pairs))
    else:
        assert np.isnan(auroc(scores, good))


def test_balanced_accuracy_weighs_both_classes_the_same() -> None:
    assert balanced_accuracy([1, 1, 0, 0], [1, 1, 1, 0]) == pytest.approx((2 / 3 + 1) / 2)
    assert np.isnan(balanced_accuracy([1, 0], [1, 1]))


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    values = np.random.default_rng(5).normal(size=400)
    value, low, high = bootstrap(mean, values)
    assert value == pytest.approx(values.mean())
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.06)
    assert bootstrap(mean, values) == (value, low, high)


def test_items_of_a_group_are_drawn_together() -> None:
    values = np.random.default_rng(5).normal(size=100)
    twice, group = np.repeat(values, 4), np.repeat(np.arange(100), 4)
    _, low, high = bootstrap(mean, twice, groups=group.tolist(), draws=1000)
    _, alone_low, alone_high = bootstrap(mean, values, draws=1000)
    assert high - low == pytest.approx(alone_high - alone_low, rel=0.1)


def test_a_share_comes_with_the_interval_of_wilson() -> None:
    exact = stats.binomtest(48, 50).proportion_ci(method="wilson")
    assert share(48, 50) == pytest.approx((0.96, exact.low, exact.high))
