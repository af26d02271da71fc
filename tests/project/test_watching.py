import os
from pathlib import Path

import pytest

from genaiops.project.watching import FileWatch


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    first.write_text("one", "utf-8")
    return first, second


def watching(files: tuple[Path, ...]) -> FileWatch:
    watch = FileWatch()
    watch.follow(files)
    return watch


def test_a_file_that_is_written_came_or_went_is_told_once(files: tuple[Path, Path]) -> None:
    first, second = files
    watch = watching(files)
    assert watch.changed() == ()
    first.write_text("other", "utf-8")
    second.write_text("new", "utf-8")
    assert watch.changed() == (first, second)
    assert watch.changed() == ()
    first.unlink()
    assert watch.changed() == (first,)


def test_a_file_that_is_only_touched_did_not_change(files: tuple[Path, Path]) -> None:
    watch = watching(files)
    os.utime(files[0], (1, 1))
    assert watch.changed() == ()


def test_a_change_from_before_new_files_are_followed_is_not_lost(files: tuple[Path, Path]) -> None:
    watch = watching(files[:1])
    files[0].write_text("other", "utf-8")
    watch.follow(files)
    assert watch.changed() == (files[0],)
    watch.follow(files[1:])
    files[0].write_text("third", "utf-8")
    assert watch.changed() == ()


@pytest.mark.anyio
async def test_a_change_is_waited_for(files: tuple[Path, Path]) -> None:
    watch = watching(files)
    files[0].write_text("other", "utf-8")
    assert await watch.next_change() == (files[0],)
