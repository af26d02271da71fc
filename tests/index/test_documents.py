import os
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.index.documents import Corpus, find_sources, read_corpus
from genaiops.specs.index import SourceSpec


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def read(root: Path, *globs: str) -> Corpus:
    return read_corpus(find_sources([SourceSpec(glob=glob) for glob in globs], root))


def ids(root: Path, *globs: str) -> list[str]:
    return [document.id for document in read(root, *globs).documents]


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("data/book/**/*.md", ["a.md", "sub/b.md"]),
        ("data/**/*.md", ["book/a.md", "book/sub/b.md"]),
        ("data/book/a.md", ["a.md"]),
        ("data/*/a.md", ["book/a.md"]),
        ("**/*.md", ["data/book/a.md", "data/book/sub/b.md"]),
        ("data/book/[a]*", ["a.md"]),
    ],
)
def test_a_document_is_named_by_its_path_from_the_fixed_folder_of_the_glob(
    tmp_path: Path, glob: str, names: list[str]
) -> None:
    write(tmp_path, {"data/book/a.md": "A", "data/book/sub/b.md": "B"})
    assert ids(tmp_path, glob) == names


def test_hidden_files_are_left_out_unless_they_are_named(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "A", ".git/b.md": "B", "c/.d.md": "D", ".notes/e.md": "E"})
    assert ids(tmp_path, "**/*.md") == ["a.md"]
    assert ids(tmp_path, ".notes/*.md") == ["e.md"]


def test_a_file_that_two_globs_match_comes_once(tmp_path: Path) -> None:
    write(tmp_path, {"d/a.md": "A", "d/b.md": "B"})
    assert ids(tmp_path, "d/*.md", "d/a*") == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("glob", "message"),
    [
        ("d/*.rst", "matches no file"),
        ("../*.md", "must stay inside of the project"),
        ("/etc/*.md", "must stay inside of the project"),
        ("d/a**/x.md", "is wrong"),
        ("d/*", "no documents: d/c.png; documents are"),
    ],
)
def test_a_glob_that_finds_nothing_or_too_much_is_refused(
    tmp_path: Path, glob: str, message: str
) -> None:
    write(tmp_path, {"d/a.md": "A", "d/c.png": b"\x89PNG"})
    with pytest.raises(InputError, match=message):
        ids(tmp_path, glob)


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"outside.md": "secret", "project/d/a.md": "A"})
    (tmp_path / "project/d/b.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(InputError, match=r"d/b.md is a link out of the project"):
        ids(tmp_path / "project", "d/*.md")


def test_a_link_inside_of_the_project_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"real/a.md": "A", "d/b.md": "B"})
    (tmp_path / "d/c.md").symlink_to(tmp_path / "real/a.md")
    assert ids(tmp_path, "d/*.md") == ["b.md", "c.md"]


def test_a_file_over_50_mb_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"big.txt": "x"})
    os.truncate(tmp_path / "big.txt", 50_000_001)
    with pytest.raises(InputError, match=r"big.txt has 50 MB; a source file may have 50 MB"):
        ids(tmp_path, "*.txt")


def test_two_documents_with_one_id_are_refused_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, {"x/a.md": "A", "y/a.md": "B"})
    with pytest.raises(InputError, match=r"id 'a.md': in x/a.md and in y/a.md"):
        ids(tmp_path, "x/*.md", "y/*.md")


def test_one_id_twice_in_a_jsonl_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"d.jsonl": '{"id": "a", "text": "x"}\n{"id": "a", "text": "x"}\n'})
    with pytest.raises(InputError, match=r"two documents have the id 'a'"):
        ids(tmp_path, "*.jsonl")


def test_documents_without_any_text_are_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": " \n", "b.md": ""})
    with pytest.raises(InputError, match="no text in 2 files"):
        ids(tmp_path, "*.md")


def test_a_title_is_part_of_the_digest_of_a_document(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": '{"id": "a", "text": "x"}\n{"id": "b", "text": "x", "title": "T"}'})
    plain, titled = read(tmp_path, "*.jsonl").documents
    assert plain.digest != titled.digest
