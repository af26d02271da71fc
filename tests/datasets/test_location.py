from pathlib import Path

import pytest

from genaiops.datasets import dataset_path
from genaiops.errors import InputError


def refused(root: Path, written: str) -> str:
    with pytest.raises(InputError) as caught:
        dataset_path(root, written)
    return str(caught.value)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "datasets").mkdir(parents=True)
    (folder / "datasets" / "handbook.csv").touch()
    (tmp_path / "other.csv").touch()
    return folder


def test_a_file_of_the_project_is_found(root: Path) -> None:
    assert dataset_path(root, "datasets/handbook.csv") == root / "datasets" / "handbook.csv"
    inside = str(root / "datasets" / "handbook.csv")
    assert dataset_path(root, inside) == Path(inside)


@pytest.mark.parametrize(
    "way", ["../other.csv", "absolute", "link.csv", "datasets/../../other.csv"]
)
def test_a_file_outside_is_refused_whatever_leads_there(root: Path, way: str) -> None:
    (root / "link.csv").symlink_to(root.parent / "other.csv")
    written = str(root.parent / "other.csv") if way == "absolute" else way
    assert refused(root, written) == (
        f"{written!r} lies outside of the project; put the file into it, or name it on the command "
        f"line by -d"
    )


def test_a_link_to_a_file_of_the_project_is_followed(root: Path) -> None:
    (root / "link.csv").symlink_to("datasets/handbook.csv")
    assert dataset_path(root, "link.csv") == root / "link.csv"


def test_a_path_that_cannot_be_is_refused(root: Path) -> None:
    (root / "a.csv").symlink_to("b.csv")
    (root / "b.csv").symlink_to("a.csv")
    assert "'a.csv'" in refused(root, "a.csv")
    assert "cannot be read" in refused(root, "a\0.csv")
    assert "cannot be read" in refused(root, f"{'a' * 999}.csv")


def test_a_folder_is_refused_with_a_file_in_it(root: Path) -> None:
    assert refused(root, "datasets") == (
        "'datasets' is a folder; name a file, such as 'datasets/handbook.csv'"
    )


def test_a_missing_file_is_told_with_the_nearest(root: Path) -> None:
    assert refused(root, "datasets/handbok.csv") == (
        "there is no file 'datasets/handbok.csv'; did you mean 'datasets/handbook.csv'? (known: "
        "datasets/handbook.csv)"
    )
