from collections.abc import Iterator
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError
from genaiops.evaluations.reports.output import write_pieces


def test_a_report_that_cannot_be_finished_leaves_the_former_one(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.html"
    path.write_text("before", "utf-8")
    with pytest.raises(ExecutionError, match=r"out\.html: cannot be written: No space left"):
        write_pieces(pieces(), path)
    assert path.read_text("utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["out.html"]


def test_a_report_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    for name in ("out.md", ".out.md.part"):
        (tmp_path / name).symlink_to("mine")
    write_pieces(["report"], tmp_path / "out.md")
    assert (tmp_path / "mine").read_text("utf-8") == "mine"
    assert (tmp_path / "out.md").read_text("utf-8") == "report"


def test_a_folder_in_the_place_of_a_report_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.md").mkdir()
    with pytest.raises(ExecutionError, match="cannot be written: it is a folder"):
        write_pieces(["report"], tmp_path / "out.md")
