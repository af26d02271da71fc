from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.git_base import find_base
from tests.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A project in the folder `bot` of a repository with one commit."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/genaiops.yaml").write_text("name: bot\n", "utf-8")
    return Repository.begin(tmp_path)


def refused(root: Path, ref: str) -> str:
    with pytest.raises(InputError) as caught:
        find_base(root, ref)
    return str(caught.value)


def test_the_base_is_where_the_branch_began(repository: Repository) -> None:
    began = repository.git("rev-parse", "HEAD")
    repository.branch("mine", {"bot/a.md": "mine\n"})
    repository.git("checkout", "-q", "main")
    repository.commit({"bot/b.md": "theirs\n"})
    repository.git("checkout", "-q", "mine")
    base = find_base(repository.root / "bot", "main")
    assert (base.commit, base.folder, base.is_tip, base.is_head) == (began, "bot/", False, False)
    assert base.told == (
        f"compared: the working tree with commit {began[:10]}, where this branch left main"
    )


def test_a_base_that_is_the_head_leaves_what_is_not_committed(repository: Repository) -> None:
    base = find_base(repository.root / "bot", "HEAD")
    assert base.told.endswith("HEAD; HEAD is that commit, so only what is not committed differs")


@pytest.mark.parametrize("ref", ["", "-x", "--output=/tmp/x", "--upload-pack=touch"])
def test_an_option_is_no_name_of_a_commit(repository: Repository, ref: str) -> None:
    assert "name a branch, a tag or a commit, as git:main" in refused(repository.root, ref)


@pytest.mark.parametrize(
    "ref", ["main; touch x", "$(touch x)", "main..HEAD", "main:bot", "a\nb", "HEAD~9"]
)
def test_what_names_no_commit_is_refused_and_run_nowhere(repository: Repository, ref: str) -> None:
    assert refused(repository.root, ref).endswith(f"there is no commit {ref!r} here")
    assert not (repository.root / "x").exists()


def test_a_branch_that_was_not_fetched_is_told_with_the_command(repository: Repository) -> None:
    assert refused(repository.root, "origin/dev").endswith("fetch it first: git fetch origin dev")


def test_a_branch_that_only_the_remote_has_is_named(repository: Repository) -> None:
    repository.git("update-ref", "refs/remotes/origin/dev", "HEAD")
    assert refused(repository.root, "dev").endswith("origin/dev is: --against git:origin/dev")


def test_a_shallow_clone_is_told_how_to_get_its_history(repository: Repository) -> None:
    repository.commit({"bot/a.md": "a\n"})
    repository.branch("mine", {"bot/a.md": "b\n"})
    clone = repository.root / "clone"
    source = f"file://{repository.root}"
    repository.git("clone", "-q", "--depth=1", "--branch=mine", source, str(clone))
    there = Repository(clone)
    told = refused(clone, "origin/main")
    assert "there is no commit 'origin/main' here" in told
    assert "this clone is shallow; fetch the history: git fetch --unshallow origin" in told
    assert refused(clone, "HEAD~1").endswith("this clone is shallow; git fetch --unshallow")
    there.git("fetch", "-q", "--depth=1", "origin", "+main:refs/remotes/origin/main")
    assert "no commit is known that HEAD and 'origin/main' have in common" in (
        refused(clone, "origin/main")
    )
    there.git("fetch", "-q", "--unshallow", "origin", "+main:refs/remotes/origin/main")
    assert find_base(clone, "origin/main").commit == repository.git("rev-parse", "main")


def test_unrelated_histories_have_no_base(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "alone")
    repository.commit({"c.md": "c\n"})
    assert refused(repository.root, "main").endswith("their histories are unrelated")


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    assert "not a git repository" in refused(tmp_path, "main")


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    Repository(tmp_path).git("init", "-q")
    assert refused(tmp_path, "main").endswith("this repository has no commit yet")


def test_a_machine_without_git_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    assert refused(repository.root, "main").startswith("git is not installed")


def test_the_variables_that_a_hook_sets_are_not_followed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert find_base(repository.root, "HEAD").is_head
