from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import ExecutionError, SpecError
from genaiops.evaluations.baseline import read_baseline, write_baseline
from genaiops.records import Baseline, CaseScores, RunScores
from tests.evaluations.build import RUN

SCORES = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=3).map(tuple)


@given(st.dictionaries(st.text(min_size=1), SCORES), st.none() | st.text())
def test_what_was_written_is_read_back(
    scores: dict[str, tuple[float | None, ...]], reason: str | None
) -> None:
    cases = tuple(CaseScores(case_id=key, scores={"f1": row}) for key, row in scores.items())
    baseline = Baseline(scores=RunScores(run=RUN, cases=cases), reason=reason)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "baselines/e.jsonl"
        write_baseline(path, baseline)
        assert read_baseline(path, "e.jsonl") == baseline


def test_no_file_is_no_baseline(tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "e.jsonl", "e.jsonl") is None


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    write_baseline(path, Baseline(scores=RunScores(run=RUN, cases=())))
    path.write_text(path.read_text("utf-8") + "{broken\n", "utf-8")
    with pytest.raises(SpecError, match=r"e\.jsonl:2:1: not a line of a baseline; restore it"):
        read_baseline(path, "e.jsonl")


def test_an_empty_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text("")
    with pytest.raises(SpecError, match=r"e\.jsonl:1:1"):
        read_baseline(tmp_path / "e.jsonl", "e.jsonl")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExecutionError, match="cannot be written"):
        write_baseline(tmp_path / "file/e.jsonl", Baseline(scores=RunScores(run=RUN, cases=())))


def test_a_baseline_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    for name in ("e.jsonl", "e.tmp"):
        (tmp_path / name).symlink_to("mine")
    write_baseline(tmp_path / "e.jsonl", Baseline(scores=RunScores(run=RUN, cases=())))
    assert (tmp_path / "mine").read_text("utf-8") == "mine"


@pytest.mark.parametrize("number", [1, 3])
def test_a_baseline_of_another_format_is_told_whatever_else_it_holds(
    tmp_path: Path, number: int
) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(f'{{"format":{number},"run":{{}},"other":1}}\n', "utf-8")
    told = rf"^e\.jsonl:1:1: was written by another version of genaiops, in format {number} where "
    with pytest.raises(SpecError, match=told + ".*: accept the run again"):
        read_baseline(path, "e.jsonl")


def written(path: Path) -> list[str]:
    """The lines of a baseline of three cases."""
    cases = tuple(CaseScores(case_id=key, scores={"f1": (0.25,)}) for key in "abc")
    write_baseline(path, Baseline(scores=RunScores(run=RUN, cases=cases)))
    return path.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [(3, "0.25", "0.75"), (4, '"c"', '"d"'), (1, '"repeats":1', '"repeats":3'), (1, "null", '"x"')],
)
def test_a_line_that_was_edited_by_hand_is_named(
    tmp_path: Path, number: int, before: str, after: str
) -> None:
    path = tmp_path / "e.jsonl"
    lines = written(path)
    edited = lines[number - 1].replace(before, after, 1)
    assert edited != lines[number - 1]
    lines[number - 1] = edited
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(SpecError, match=rf"^e\.jsonl:{number}:1: this line was edited by hand; "):
        read_baseline(path, "e.jsonl")


def test_lines_that_are_gone_or_moved_are_told(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    lines = written(path)
    path.write_text("\n".join(lines[:-1]), "utf-8")
    with pytest.raises(SpecError, match=r"^e\.jsonl: it holds 2 cases, not the 3 that were"):
        read_baseline(path, "e.jsonl")
    path.write_text("\n".join([lines[0], lines[2], lines[1], lines[3]]), "utf-8")
    with pytest.raises(SpecError, match=r"^e\.jsonl:2:1: this line was edited"):
        read_baseline(path, "e.jsonl")


def test_a_file_that_git_gave_other_ends_of_lines_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    written(path)
    before = read_baseline(path, "e.jsonl")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_baseline(path, "e.jsonl") == before
