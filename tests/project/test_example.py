from pathlib import Path

import pytest

from genaiops.project.check import check_project, look_around
from genaiops.project.example import EXAMPLE, FOLDER, example_project, example_source
from genaiops.project.session import open_session


def test_the_example_is_found_whole() -> None:
    source = example_source()
    assert [name for name in EXAMPLE if not (source / name).exists()] == []


def test_in_its_own_checkout_it_is_used_as_it_is() -> None:
    source = example_source()
    assert example_project(source / "flows") == source / "genaiops.yaml"


def test_elsewhere_it_is_copied_and_what_was_changed_stays(tmp_path: Path) -> None:
    file = example_project(tmp_path)
    assert file == tmp_path / FOLDER / "genaiops.yaml"
    (tmp_path / FOLDER / "catalog.yaml").write_text("models: {}\n", "utf-8")
    assert example_project(tmp_path) == file
    assert (tmp_path / FOLDER / "catalog.yaml").read_text("utf-8") == "models: {}\n"


@pytest.mark.slow
def test_a_copy_has_no_fault(tmp_path: Path) -> None:
    session = open_session(example_project(tmp_path))
    around = look_around(session.project, session.environment, session.clock().date())
    faults = check_project(session.project, around)
    assert [str(fault) for fault in faults if fault.severity == "error"] == []
