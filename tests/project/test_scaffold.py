import json
from pathlib import Path

import pytest

from genaiops.datasets import open_dataset
from genaiops.errors import InputError
from genaiops.project.files import load_project
from genaiops.project.scaffold import init


def test_a_new_project_is_read_with_its_name(tmp_path: Path) -> None:
    init(tmp_path, 'my "library": ü')
    project = load_project(tmp_path)
    assert project.spec.name == 'my "library": ü'
    assert [*project.flows, *project.indexes, *project.evals] == [
        "assistant",
        "handbook",
        "assistant",
    ]


def test_its_dataset_fits_its_card_and_its_documents(tmp_path: Path) -> None:
    init(tmp_path, "library")
    dataset = open_dataset(tmp_path / "datasets" / "handbook.jsonl", "handbook.jsonl")
    assert (dataset.count, dataset.warnings) == (24, ())
    assert dataset.card is not None
    for case in dataset.cases():
        passages = case.expected["passages"]
        assert isinstance(passages, list)
        for passage in passages:
            assert isinstance(passage, dict)
            text = (tmp_path / "datasets" / "handbook" / str(passage["document"])).read_text()
            assert text[passage["start"] : passage["end"]] == passage["text"]


def test_what_was_written_is_told_line_by_line(tmp_path: Path) -> None:
    written = init(tmp_path / "new" / "folder", "library")
    assert all((tmp_path / "new" / "folder" / entry.path).exists() for entry in written)
    assert {entry.path for entry in written} >= {
        "genaiops.yaml",
        ".gitignore",
        "datasets/handbook/",
    }
    assert all(entry.purpose for entry in written)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "assistant.yaml").write_text("mine")
    (tmp_path / ".gitignore").write_text("mine")
    with pytest.raises(InputError, match=r"already has evals/assistant\.yaml, \.gitignore"):
        init(tmp_path, "library")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", "evals"]


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "q.csv").touch()
    with pytest.raises(InputError, match=r"q\.csv is a file; name a folder"):
        init(tmp_path / "q.csv", "library")


def test_a_project_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a name"):
        init(tmp_path, " ")


def test_the_editor_is_told_of_schemas_that_are_there(tmp_path: Path) -> None:
    init(tmp_path, "library")
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text())
    schemas = settings["yaml.schemas"]
    assert all((tmp_path / schema).is_file() for schema in schemas)
    unused = [globs for globs in schemas.values() if not any(map(list, map(tmp_path.glob, globs)))]
    assert unused == [["judges/*.yaml"], ["rollouts/*.yaml"]]  # what a beginner has none of
