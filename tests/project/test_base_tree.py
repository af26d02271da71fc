import hashlib
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.base_tree import base_tree
from genaiops.project.git_base import find_base
from tests.repository import Repository

PROJECT = {"bot/genaiops.yaml": "name: bot\n", "bot/flows/a/ask.md": "Ask.\r\n", "top.md": "top\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.git("init", "-q", "-b", "main")
    made.commit(PROJECT)
    return made


def pointer(text: str) -> str:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(text)}\n"


def test_the_project_is_there_as_it_was_and_gone_in_the_end(repository: Repository) -> None:
    repository.branch("mine", {"bot/flows/a/ask.md": "Other.\n", "bot/new.md": "new\n"})
    root = repository.root / "bot"
    with base_tree(root, find_base(root, "main")) as tree:
        assert tree is not None
        files = {p.relative_to(tree.root).as_posix() for p in tree.root.rglob("*") if p.is_file()}
        assert files == {"genaiops.yaml", "flows/a/ask.md"}
        assert (tree.root / "flows/a/ask.md").read_bytes() == b"Ask.\r\n"
        assert tree.root.name == "bot"
    assert not tree.root.parent.exists()


def test_a_project_that_the_base_lacks_has_no_tree(repository: Repository) -> None:
    repository.branch("mine", {"late/genaiops.yaml": "name: late\n"})
    root = repository.root / "late"
    with base_tree(root, find_base(root, "main")) as tree:
        assert tree is None


def test_what_a_commit_holds_of_a_store_is_left_out(repository: Repository) -> None:
    repository.commit({"bot/.genaiops/store.sqlite": "answers", "bot/.genaiops/indexes/a/b": "c"})
    root = repository.root / "bot"
    with base_tree(root, find_base(root, "main")) as tree:
        assert tree is not None
        assert sorted(path.name for path in tree.root.iterdir()) == ["flows", "genaiops.yaml"]


def test_no_hook_and_no_filter_of_the_repository_is_run(repository: Repository) -> None:
    ran = repository.root / "ran"
    hook = repository.root / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n", "utf-8")
    hook.chmod(0o755)
    repository.commit({".gitattributes": "*.md filter=mine eol=crlf\n"})
    for name in ("smudge", "clean", "process"):
        repository.git("config", f"filter.mine.{name}", f"touch {ran}; cat")
    repository.git("config", "core.fsmonitor", f"touch {ran}; false")
    with base_tree(repository.root, find_base(repository.root, "main")) as tree:
        assert tree is not None
        assert (tree.root / "top.md").read_bytes() == b"top\n"
    assert not ran.exists()


def test_links_stay_links_and_lead_nothing_astray(repository: Repository) -> None:
    (repository.root / "out").symlink_to("/etc")
    (repository.root / "near").symlink_to("top.md")
    repository.commit()
    with base_tree(repository.root, find_base(repository.root, "main")) as tree:
        assert tree is not None
        assert (tree.root / "out").is_symlink()
        assert (tree.root / "near").read_text("utf-8") == "top\n"
    assert Path("/etc").is_dir()


def test_a_submodule_is_told_to_be_empty(repository: Repository, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.md").write_text("a\n", "utf-8")
    Repository.begin(inner)
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    commit = repository.commit()
    with base_tree(repository.root, find_base(repository.root, "main")) as tree:
        assert tree is not None
        assert tree.notes == [f"submodules are empty in main ({commit[:10]}): inner, sub"]


def test_what_git_lfs_keeps_is_taken_from_this_machine(repository: Repository) -> None:
    repository.commit({"data.csv": pointer("q\n1\n"), "old.csv": pointer("q\n2\n")})
    (repository.root / "data.csv").write_text("q\n1\n", "utf-8")
    sha256 = hashlib.sha256(b"q\n2\n").hexdigest()
    kept = repository.root / ".git/lfs/objects" / sha256[:2] / sha256[2:4] / sha256
    kept.parent.mkdir(parents=True)
    kept.write_text("q\n2\n", "utf-8")
    with base_tree(repository.root, find_base(repository.root, "main")) as tree:
        assert tree is not None
        assert (tree.root / "data.csv").read_text("utf-8") == "q\n1\n"
        assert (tree.root / "old.csv").read_text("utf-8") == "q\n2\n"


def test_what_git_lfs_keeps_elsewhere_is_told_with_the_command(repository: Repository) -> None:
    commit = repository.commit({"data.csv": pointer("q\n1\n")})
    base = find_base(repository.root, "main")
    with pytest.raises(InputError) as caught, base_tree(repository.root, base):
        pass
    assert str(caught.value).endswith(f"it is not here: git lfs fetch origin {commit}")
