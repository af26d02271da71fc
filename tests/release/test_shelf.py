"""Files by what they hold: what was put there is what is taken, or it is told."""

from pathlib import Path

import pytest

from genaiops.digests import digest_bytes
from genaiops.errors import InputError, StoreError
from genaiops.records.releases import Release
from genaiops.release.shelf import Shelf
from tests.release.build import evidence, release

PROMPT = "flows/assistant/answer.md"


def _kept(shelf: Shelf, tmp_path: Path) -> Release:
    vectors = tmp_path / "embeddings.npy"
    vectors.write_bytes(b"0123")
    return release(
        files={PROMPT: shelf.keep(b"Answer."), "flows/assistant/flow.yaml": shelf.keep(b"{}")},
        held={".genaiops/indexes/handbook/v1/embeddings.npy": shelf.keep_file(vectors)},
        evidence=(evidence(scores=shelf.keep(b"[1]")),),
    )


def _file(tmp_path: Path, data: bytes) -> Path:
    sha256 = digest_bytes(data)
    return tmp_path / "shelf" / sha256[:2] / sha256


def test_a_release_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    bundle = shelf.keep_release(kept)
    assert shelf.keep_release(kept) == bundle
    assert shelf.release(bundle, kept.id) == kept
    assert shelf.faults(kept) == ()
    shelf.unpack(kept, tmp_path / "out")
    assert (tmp_path / "out" / PROMPT).read_bytes() == b"Answer."
    held = tmp_path / "out/.genaiops/indexes/handbook/v1/embeddings.npy"
    assert held.read_bytes() == b"0123"


def test_what_is_held_by_a_link_outlives_its_first_place(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    (tmp_path / "embeddings.npy").unlink()
    assert shelf.faults(kept) == ()


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"Answer.", PROMPT), (b"0123", "embeddings.npy"), (b"[1]", "the scores of run assistant-1")],
)
def test_what_was_changed_or_is_gone_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    _file(tmp_path, data).write_bytes(b"another")
    (fault,) = shelf.faults(kept)
    assert told in fault
    assert "was changed on the shelf" in fault
    _file(tmp_path, data).unlink()
    (fault,) = shelf.faults(kept)
    assert "cannot be read from the shelf" in fault


def test_a_changed_file_is_never_unpacked(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    for data in (b"Answer.", b"0123"):
        _file(tmp_path, data).write_bytes(b"another")
        with pytest.raises(StoreError, match="was changed on the shelf"):
            shelf.unpack(kept, tmp_path / "out")
        _file(tmp_path, data).write_bytes(data)


def test_what_was_unpacked_and_edited_is_unpacked_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    shelf.unpack(kept, tmp_path / "out")
    (tmp_path / "out" / PROMPT).write_bytes(b"edited")
    shelf.unpack(kept, tmp_path / "out")
    assert (tmp_path / "out" / PROMPT).read_bytes() == b"Answer."


@pytest.mark.parametrize(
    "planted",
    ["evals/baselines/assistant.jsonl", "flows/assistant/__pycache__/nodes.pyc", ".genaiops/a"],
)
def test_what_the_release_does_not_hold_does_not_lie_beside_it(
    tmp_path: Path, planted: str
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    path = tmp_path / "out" / planted
    path.parent.mkdir(parents=True)
    path.write_bytes(b"planted")
    shelf.unpack(kept, tmp_path / "out")
    assert not path.exists()
    found = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {tmp_path / "out" / name for name in (*kept.files, *kept.held)}


@pytest.mark.parametrize("link", ["", "flows", "flows/assistant", PROMPT, "elsewhere"])
def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path, link: str) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = _kept(shelf, tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "own").write_bytes(b"own")
    path = tmp_path / "out" / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(outside)
    shelf.unpack(kept, tmp_path / "out")
    assert [each.name for each in outside.iterdir()] == ["own"]
    assert (tmp_path / "out" / PROMPT).read_bytes() == b"Answer."
    assert not any(each.is_symlink() for each in (tmp_path / "out", *tmp_path.rglob("out/**/*")))


@pytest.mark.parametrize("name", ["../outside.md", "/etc/outside.md", "a/../../outside.md"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    shelf = Shelf(tmp_path / "shelf")
    kept = release(files={name: shelf.keep(b"x")})
    with pytest.raises(InputError, match="it is not unpacked"):
        shelf.unpack(kept, tmp_path / "out" / "deep")
    assert not (tmp_path / "out" / "outside.md").exists()


def test_the_id_is_of_what_decides_answers_and_not_of_what_was_proven() -> None:
    plain = release()
    assert release(evidence=(evidence(),)).id == plain.id
    assert release(held={"a": "1"}).id == plain.id
    for changes in (
        {"parts": {}}, {"files": {}}, {"packages": {}}, {"indexes": {"a": "1"}}, {"flow": "b"},
    ):  # fmt: skip
        assert release(**changes).id != plain.id
