"""What a project must not bring along: a store that is not one's own."""

import subprocess
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.kept_folder import keep_out_of_git, refuse_planted
from tests.cli.library import write_library


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)  # noqa: S603, S607  our own words


@pytest.mark.parametrize("below", ["", "teams/library"])
def test_a_store_that_came_with_a_commit_is_refused(tmp_path: Path, below: str) -> None:
    git(tmp_path, "init")
    root = tmp_path / below
    folder = root / ".genaiops"
    folder.mkdir(parents=True)
    keep_out_of_git(folder)
    (folder / "store.sqlite").write_bytes(b"answers")
    git(tmp_path, "add", "-A", "-f", f"{folder / '.gitignore'}")
    refuse_planted(root)
    git(tmp_path, "add", "-f", f"{folder / 'store.sqlite'}")
    with pytest.raises(InputError, match=r"'\.genaiops/store\.sqlite' is in git: recorded answers"):
        refuse_planted(root)


def test_a_repository_of_another_user_hides_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init")
    (tmp_path / ".genaiops").mkdir()
    (tmp_path / ".genaiops/store.sqlite").write_bytes(b"answers")
    git(tmp_path, "add", "-f", ".genaiops/store.sqlite")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(InputError, match="is in git: recorded answers"):
        refuse_planted(tmp_path)


def test_a_list_of_files_that_cannot_be_read_hides_no_store(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / ".genaiops").mkdir()
    refuse_planted(tmp_path)
    (tmp_path / ".git/index").write_bytes(b"no index")
    with pytest.raises(InputError, match=r"'\.genaiops' came with a commit cannot be seen.*index"):
        refuse_planted(tmp_path)


def test_a_folder_without_git_and_one_that_is_not_there_are_taken(tmp_path: Path) -> None:
    refuse_planted(tmp_path)
    (tmp_path / ".genaiops").mkdir()
    (tmp_path / ".genaiops" / "store.sqlite").write_bytes(b"")
    refuse_planted(tmp_path)


def test_no_command_takes_answers_from_a_commit_and_the_remedy_works(tmp_path: Path) -> None:
    library = write_library(tmp_path / "library")
    library.ok("eval", "assistant", "-n", "2")
    git(library.root, "init")
    git(library.root, "add", "-f", ".genaiops/store.sqlite")
    for words in (("gate", "assistant"), ("eval", "assistant"), ("runs", "list")):
        done = library(*words)
        assert (done.code, "'.genaiops/store.sqlite' is in git" in done.err) == (2, True)
    git(library.root, "rm", "-r", "--cached", ".genaiops")
    library.ok("runs", "list")
