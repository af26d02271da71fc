from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genaiops.errors import SpecError
from genaiops.evaluations.comparing import compare_arms
from genaiops.evaluations.score_matrix import read_score_matrix
from genaiops.gates.ranges import Range

SHAPE = "case ids in the first column, then an arm a column"
Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "scores.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def faults(path: Path, **options: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        read_score_matrix(path, **options)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_each_column_is_an_arm_and_each_row_a_case(written: Write) -> None:
    a, b = read_score_matrix(written("id,a,b\nx,0.5,1\ny,0,0.25\n"))
    assert (a.label, b.label) == ("a", "b")
    assert [(case.case_id, case.scores["score"]) for case in b.cases] == [
        ("x", (1.0,)),
        ("y", (0.25,)),
    ]


def test_clusters_and_tags_have_columns_of_their_own(written: Write) -> None:
    (a,) = read_score_matrix(written("id,cluster,a,tags.topic\nx,k1,0.5,bills\ny,,1,\n"))
    assert [(case.cluster, case.tags) for case in a.cases] == [
        ("k1", {"topic": "bills"}),
        (None, {}),
    ]


@pytest.mark.parametrize("empty", ["", " ", "NA", "nan", "null"])
def test_an_empty_cell_is_a_missing_score(written: Write, empty: str) -> None:
    (a,) = read_score_matrix(written(f"id,a\nx,{empty}\ny,1\n"))
    assert [case.scores["score"] for case in a.cases] == [(None,), (1.0,)]
    (row,) = compare_arms([a], metric=None).arms
    assert row.estimate is not None
    assert (row.estimate.value, row.estimate.missing) == (0.5, 1)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("\ufeffid,a,b\r\nä,0.5,1\r\n\r\n", "utf-8"),
        ("id;a;b\nä;0,5;1\n", "cp1252"),
        ("id\ta\tb\nä\t0.5\t1\n", "utf-16"),
        ('"id","a","b"\n"ä","0.5","1"\n', "utf-8"),
    ],
    ids=["BOM and CRLF", "semicolons and decimal commas", "tabs", "quotes"],
)
def test_files_as_spreadsheets_write_them_are_read(
    written: Write, text: str, encoding: str
) -> None:
    a, b = read_score_matrix(written(text, encoding))
    assert a.cases[0].case_id == "ä"
    assert (a.cases[0].scores["score"], b.cases[0].scores["score"]) == ((0.5,), (1.0,))


def test_scores_within_0_and_1_are_shares_and_binary_where_they_are(written: Write) -> None:
    (graded,) = read_score_matrix(written("id,a\nx,0.5\ny,1\n"))[0].metrics
    (binary,) = read_score_matrix(written("id,a\nx,0\ny,1\n"))[0].metrics
    assert (graded.low, graded.high, graded.unit, graded.binary) == (0, 1, "share", False)
    assert binary.binary


def test_other_scores_have_no_range_unless_it_is_named(written: Write) -> None:
    path = written("id,a,b\nx,3,4\ny,5,2\n")
    (unbounded,) = read_score_matrix(path)[0].metrics
    (rated,) = read_score_matrix(path, values=Range(1, 5))[0].metrics
    assert (unbounded.low, unbounded.high, unbounded.unit) == (None, None, "score")
    assert (rated.low, rated.high) == (1, 5)


def test_every_fault_is_told_with_its_line(written: Write) -> None:
    text = "id,a,b\nx,0.5,good\nx,1,1\n,1,1\ny,1\nz,1e400,7\n"
    assert faults(written(text), values=Range(0, 1)) == [
        "2: b: 'good' is no number; a missing score is an empty cell",
        "3: the case 'x' is there already, in line 2",
        "4: the first cell is empty; it has to hold the id of the case",
        "5: the row has 2 cells, the header has 3",
        "6: a: '1e400' is no number; a missing score is an empty cell",
        "6: b: 7 is outside of the range 0 to 1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0: is empty; write a header and a row a case"),
        ("id,a,b\n", "1: no case below the header"),
        ("id,a,a\nx,1,1\n", "1: 2 columns are called 'a'; name each arm once"),
        ("id,a,,b\nx,1,1,1\n", "1: column 3 has no name; name its arm"),
        ("id,cluster\nx,1\n", f"1: no column of scores; write {SHAPE}"),
        ('id,a\nx,"1\n', "2: the quote that opens here is never closed"),
    ],
    ids=["empty", "no rows", "twice", "nameless", "no arm", "open quote"],
)  # fmt: skip
def test_a_broken_table_is_told_what_it_lacks(written: Write, text: str, message: str) -> None:
    assert faults(written(text)) == [message]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "no.csv") == ["0: there is no such file"]
    assert faults(tmp_path) == ["0: cannot be read: Is a directory"]


def test_a_million_columns_are_refused(written: Write) -> None:
    with pytest.raises(SpecError, match="more than 1,000 columns"):
        read_score_matrix(written("id" + ",a" * 1_000_000 + "\n"))


def test_the_estimates_of_a_matrix_are_those_of_single_arms(written: Write) -> None:
    values = np.random.default_rng(1).random((40, 2)).round(4)
    lines = [f"c{n},{a},{b}" for n, (a, b) in enumerate(values)]
    arms = read_score_matrix(written("\n".join(["id,a,b", *lines])))
    for arm, column in zip(arms, values.T, strict=True):
        assert arm.estimates[0].estimate.value == pytest.approx(column.mean(), abs=1e-12)
        assert arm.estimates[0].estimate.method == "gaffke"
        (alone,) = (each.estimate for each in compare_arms([arm], metric=None).arms)
        assert alone == arm.estimates[0].estimate


def test_scores_in_the_place_of_ids_are_told(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("a,b,c\n0.5,0.25,0.75\n0.5,1.0,0.0\n", "utf-8")
    with pytest.raises(
        SpecError, match=r"s\.csv:1:1: the first column holds the ids of cases, and 'a'"
    ):
        read_score_matrix(path)
