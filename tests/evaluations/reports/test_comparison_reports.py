import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.digests import canonical_json
from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.comparing import compare_arms
from genaiops.evaluations.comparison import ArmScores, Comparison
from genaiops.evaluations.reports import ArmReport
from genaiops.evaluations.reports.comparison_csv import render_comparison_csv
from genaiops.evaluations.reports.comparison_json import render_comparison_json
from genaiops.evaluations.reports.comparison_markdown import render_comparison_markdown
from genaiops.evaluations.reports.comparison_write import (
    RENDERS,
    check_comparison_suffix,
    write_comparison,
)
from genaiops.evaluations.reports.html import render_page
from tests.evaluations.arms import arms_of, graded

HOSTILE = ("=1+1", "<script>alert(1)</script>", "\x1b[31mred", "|a|b|", "-2+3", "@cmd", "\u202eabc")
FAILED = ArmScores("z", (), (), failure="=refused|\n<b>")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    tags = [{"topic": "a|b"} for _ in range(30)]
    arms = arms_of(graded(30, [0.0, 0.3, 0.05]), tags=tags)
    return compare_arms([*arms, FAILED], metric=None, slices=["topic"])


def hostile() -> Comparison:
    arms = arms_of(graded(12, [0.0] * len(HOSTILE)))
    named = [replace(arm, label=label) for arm, label in zip(arms, HOSTILE, strict=True)]
    return compare_arms([*named, FAILED], metric=None)


def test_the_json_holds_all_and_is_canonical(comparison: Comparison) -> None:
    text = "".join(render_comparison_json(comparison))
    found = json.loads(text)
    assert text == canonical_json(found) + "\n"
    assert [arm["label"] for arm in found["arms"]] == [arm.label for arm in comparison.arms]
    assert found["pairs"][0]["difference"]["value"] == comparison.pairs[0].difference.value
    assert found["metric"]["name"] == "f1"
    assert found["format"] == 1


def test_the_csv_has_a_row_for_each_arm(comparison: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(render_comparison_csv(comparison)))))
    assert [row["arm"] for row in rows] == ["b", "a", "c", "z"]
    assert (rows[0]["rank_low"], rows[0]["rank_high"]) == ("1", "1")
    assert float(rows[0]["value"]) == comparison.arms[0].estimate.value  # pyright: ignore[reportOptionalMemberAccess]
    assert rows[3]["failure"].startswith("'=refused")


def test_the_markdown_tells_ranks_and_pairs(comparison: Comparison) -> None:
    text = "".join(render_comparison_markdown(comparison))
    assert text.startswith("# b is proven best of 3. z failed.\n")
    assert "| 1 | b | " in text
    assert "proven better" in text
    assert "| topic a\\|b | 30 | b is proven best |" in text


def test_nothing_hostile_is_alive_in_any_report() -> None:
    found = hostile()
    for render in (render_comparison_csv, render_comparison_markdown):
        text = "".join(render(found))
        assert "\x1b" not in text
        assert "\u202e" not in text
    table = csv.reader(io.StringIO("".join(render_comparison_csv(found))))
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "<script>" not in "".join(render_comparison_markdown(found))


def test_a_table_of_many_pairs_ends_where_json_goes_on() -> None:
    found = compare_arms(arms_of(graded(8, [0.0] * 12)), metric=None)
    assert "and 6 more pairs, in the JSON report" in "".join(render_comparison_markdown(found))


@pytest.mark.parametrize("suffix", RENDERS)
def test_the_suffix_chooses_the_report(comparison: Comparison, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"out{suffix}"
    arms = [ArmReport(arm.label, None, arm.failure) for arm in comparison.arms]
    assert write_comparison(comparison, arms, path) == (path,)
    renders = {
        ".html": lambda: render_page(arms, comparison),
        ".json": lambda: render_comparison_json(comparison),
        ".csv": lambda: render_comparison_csv(comparison),
        ".md": lambda: render_comparison_markdown(comparison),
    }
    assert path.read_text("utf-8") == "".join(renders[suffix]())


def test_another_suffix_is_refused() -> None:
    with pytest.raises(InputError, match=r"-o out\.xml: the suffix must be one of \.html, \.json"):
        check_comparison_suffix("out.xml")


def test_a_file_that_cannot_be_written_is_told(comparison: Comparison, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    with pytest.raises(ExecutionError, match="cannot be written"):
        write_comparison(comparison, [], tmp_path / "taken" / "out.csv")
