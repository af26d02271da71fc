import os
import shutil
from pathlib import Path
from time import process_time

import pytest

from genaiops.errors import InputError, SpecError
from genaiops.project.files import load_project, unread_files
from tests.project.build import build_project


def test_a_project_is_read_whole(tmp_path: Path) -> None:
    project = load_project(build_project(tmp_path))
    assert project.spec.name == "library"
    assert list(project.catalog.spec.models) == ["extractive"]
    assert [*project.flows, *project.indexes, *project.evals] == [
        "assistant",
        "handbook",
        "assistant",
    ]


@pytest.mark.parametrize("name", ["assistant", "flows/assistant", "flows/assistant/flow.yaml"])
def test_a_flow_has_its_name_its_folder_or_its_file(tmp_path: Path, name: str) -> None:
    project = load_project(build_project(tmp_path))
    assert project.flow(name) is project.flows["assistant"]
    assert project.flow_folder(name) == tmp_path / "flows" / "assistant"


@pytest.mark.parametrize("name", ["assistant", "evals/assistant.yaml", "evals/assistant"])
def test_an_evaluation_has_its_name_or_its_file(tmp_path: Path, name: str) -> None:
    project = load_project(build_project(tmp_path))
    assert project.eval(name) is project.evals["assistant"]


def test_an_unknown_name_brings_the_nearest(tmp_path: Path) -> None:
    project = load_project(build_project(tmp_path))
    with pytest.raises(InputError, match="unknown flow 'asistant'; did you mean 'assistant'"):
        project.flow("flows/asistant")
    with pytest.raises(InputError, match="unknown index 'handbok'; did you mean 'handbook'"):
        project.index("indexes/handbok.yaml")
    with pytest.raises(InputError, match="unknown evaluation 'x'"):
        project.eval("x")


def test_a_broken_file_hides_no_fault_of_the_others(tmp_path: Path) -> None:
    changes = {
        "genaiops.yaml": "nam: x\n",
        "catalog.yaml": "models: [\n",
        "flows/assistant/flow.yaml": "nodes: {}\n",
        "indexes/handbook.yaml": "sources: 3\n",
        "evals/assistant.yaml": "",
    }
    with pytest.raises(SpecError) as caught:
        load_project(build_project(tmp_path, changes))
    assert {fault.file for fault in caught.value.faults} == set(changes)


def test_an_absent_catalog_is_empty_unless_it_is_named(tmp_path: Path) -> None:
    project = load_project(build_project(tmp_path, {"catalog.yaml": None}))
    assert project.catalog.spec.models == {}
    (tmp_path / "genaiops.yaml").write_text("name: x\ncatalog: models.yaml\n")
    with pytest.raises(SpecError, match=r"genaiops\.yaml:2:1: there is no file 'models\.yaml'"):
        load_project(tmp_path)


def test_another_project_file_may_name_another_catalog(tmp_path: Path) -> None:
    changes = {"ci.yaml": "name: ci\ncatalog: ci-models.yaml\n", "ci-models.yaml": "models: {}\n"}
    project = load_project(build_project(tmp_path, changes), "ci.yaml")
    assert (project.spec.name, project.catalog.spec.models) == ("ci", {})


def test_files_with_another_suffix_are_named(tmp_path: Path) -> None:
    build_project(tmp_path, {"evals/more.yml": "", "flows/b/flow.yml": "", "flows/c.yaml": ""})
    assert [str(fault) for fault in unread_files(tmp_path)] == [
        "flows/b/flow.yml: warning: is not read; call it flow.yaml",
        "evals/more.yml: warning: is not read; call it <name>.yaml",
        "flows/c.yaml: warning: is not read; call it flows/<name>/flow.yaml",
    ]


def test_a_project_of_ten_flows_is_read_in_little_time(tmp_path: Path) -> None:
    build_project(tmp_path)
    for number in range(9):
        shutil.copytree(tmp_path / "flows" / "assistant", tmp_path / "flows" / f"f{number}")
    load_project(tmp_path)
    began = process_time()
    load_project(tmp_path)
    assert process_time() - began < 0.2


def test_a_folder_with_evaluations_alone_is_called_as_the_folder(tmp_path: Path) -> None:
    project = load_project(build_project(tmp_path / "shop", {"genaiops.yaml": None}))
    assert (project.spec.name, project.spec.seed) == ("shop", 0)
    assert list(project.evals) == ["assistant"]


def test_specs_behind_links_out_of_the_project_are_not_read(tmp_path: Path) -> None:
    root = build_project(tmp_path / "project", {"catalog.yaml": None})
    (tmp_path / "secret").write_text("token: 1\n", "utf-8")
    for name in ("evals/other.yaml", "catalog.yaml", "indexes/other.yaml"):
        (root / name).symlink_to(tmp_path / "secret")
    with pytest.raises(SpecError) as caught:
        load_project(root)
    assert "token" not in str(caught.value)
    assert str(caught.value).count("lies outside of the project; copy it into the project") == 3


def test_a_pipe_in_the_place_of_a_spec_is_refused_at_once(tmp_path: Path) -> None:
    root = build_project(tmp_path)
    os.mkfifo(root / "evals/pipe.yaml")
    (root / "evals/null.yaml").symlink_to("pipe.yaml")
    with pytest.raises(SpecError, match=r"pipe\.yaml: is no regular file"):
        load_project(root)
