import re
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genaiops.errors import SpecError
from genaiops.evaluations.calibration_file import (
    calibration_name,
    read_calibration,
    write_calibration,
)
from genaiops.records import AnsweredRun, Calibration, LabelledAnswer

EVALS = st.text("ab.-", min_size=1, max_size=4)
METRICS = st.text("aAb1 ./-_~é", min_size=1, max_size=5) | st.text(min_size=1)
KNOWN = Calibration(
    eval="assistant",
    metric="helpful",
    fingerprint="f",
    low=0,
    high=1,
    is_random=True,
    runs=(AnsweredRun(id="r-1", mark="m", answers="a"),),
    labels=(
        LabelledAnswer(case_id="a", run="r-1", people=(1.0, 0.0), judge=0.25, cluster="é\u2028"),
        LabelledAnswer(case_id="b", run="r-1", people=(1.0,), judge=None),
    ),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "c.jsonl"
    write_calibration(path, KNOWN)
    assert read_calibration(path, "c.jsonl") == KNOWN
    assert len(path.read_bytes().split(b"\n")) == 4
    before = path.read_bytes()
    write_calibration(path, KNOWN)
    assert path.read_bytes() == before


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_calibration(tmp_path / "c.jsonl", "c.jsonl") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"judge":0.25', '"judge":0.75', "was edited by hand"),
        ('"is_random":true', '"is_random":false', "was edited by hand"),
        ('"judge":0.25', '"judge":"x"', "c.jsonl:2:1: not a line of a calibration"),
        ('"format":1', '"format":2', "c.jsonl:1:1: not a line of a calibration"),
    ],
)
def test_a_file_that_was_edited_is_never_used(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = tmp_path / "c.jsonl"
    write_calibration(path, KNOWN)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SpecError, match="genaiops judge calibrate") as caught:
        read_calibration(path, "c.jsonl")
    assert told in str(caught.value)


def test_a_line_that_was_lost_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    write_calibration(path, KNOWN)
    path.write_text("\n".join(path.read_text("utf-8").split("\n")[:2]), "utf-8")
    with pytest.raises(SpecError, match="was edited by hand"):
        read_calibration(path, "c.jsonl")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("", "utf-8")
    with pytest.raises(SpecError, match="not a line of a calibration"):
        read_calibration(path, "c.jsonl")


def test_the_name_of_a_metric_is_no_path() -> None:
    name = calibration_name("a", "../judges/x y\0")
    assert re.fullmatch(r"a\.judges-x-y~[0-9a-f]{12}\.jsonl", name)
    assert calibration_name("a", "../judges/x y\0") == name
    assert len(calibration_name("a", "é" * 500).encode()) < 200


def test_a_plain_name_stays_as_it_is() -> None:
    assert calibration_name("a", "helpful_by-2") == "a.helpful_by-2.jsonl"


@given(st.tuples(EVALS, METRICS), st.tuples(EVALS, METRICS))
@example(("q", "a b"), ("q", "a-b"))
@example(("q", "a b"), ("q", "a/b"))
@example(("q", "Helpful"), ("q", "helpful"))
@example(("q.a", "b"), ("q", "a.b"))
@example(("q", "é"), ("q", "e\u0301"))
def test_two_metrics_never_share_a_file(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Not even where the disk tells no capitals, and takes letters with accents apart."""
    files = {normalize("NFD", calibration_name(*each)).casefold() for each in (one, other)}
    assert len(files) == len({one, other})
