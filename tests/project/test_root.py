from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.root import find_project_file


def test_the_nearest_project_upwards_is_meant(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "genaiops.yaml").write_text("name: outer")
    (tmp_path / "a" / "genaiops.yaml").write_text("name: inner")
    assert find_project_file(below) == tmp_path / "a" / "genaiops.yaml"


def test_a_named_file_or_folder_is_meant_wherever_one_stands(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "genaiops.yaml").write_text("name: p")
    (tmp_path / "p" / "other.yaml").write_text("name: q")
    assert find_project_file(tmp_path, tmp_path / "p").name == "genaiops.yaml"
    assert find_project_file(tmp_path, tmp_path / "p" / "other.yaml").name == "other.yaml"


def test_without_a_project_the_message_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="genaiops init"):
        find_project_file(tmp_path)
    with pytest.raises(InputError, match=r"there is no project file .*x\.yaml"):
        find_project_file(tmp_path, tmp_path / "x.yaml")


def test_a_folder_with_evaluations_is_a_project_unless_a_project_file_stands_upwards(
    tmp_path: Path,
) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "evals").mkdir(parents=True)
    with pytest.raises(InputError, match=r"no evals/\*\.yaml in"):
        find_project_file(inner)
    (inner / "evals" / "app.yaml").write_text("flow: app:answer\n")
    assert find_project_file(inner / "evals") == inner / "genaiops.yaml"
    assert find_project_file(tmp_path, inner) == inner / "genaiops.yaml"
    (tmp_path / "outer" / "genaiops.yaml").write_text("name: outer\n")
    assert find_project_file(inner) == tmp_path / "outer" / "genaiops.yaml"


def test_a_folder_with_runs_is_a_project_when_it_is_named_as_well(tmp_path: Path) -> None:
    here = tmp_path / "scripts"
    here.mkdir()
    with pytest.raises(InputError, match="there is no project file"):
        find_project_file(tmp_path, here)
    (here / ".genaiops").mkdir()
    (here / ".genaiops" / "store.sqlite").touch()
    assert find_project_file(here) == find_project_file(tmp_path, here) == here / "genaiops.yaml"


def test_what_strangers_may_have_put_into_a_folder_above_is_no_project(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    here = shared / "mine"
    (shared / "evals").mkdir(parents=True)
    here.mkdir()
    (shared / "evals" / "a.yaml").touch()
    (shared / "genaiops.yaml").touch()
    shared.chmod(0o1777)
    assert find_project_file(here, anywhere=True) == here / "genaiops.yaml"
    assert find_project_file(shared) == shared / "genaiops.yaml", "who stands in it means it"
    shared.chmod(0o755)
    assert find_project_file(here, anywhere=True) == shared / "genaiops.yaml"
