"""The versions that a flow runs with: those of what its code imports."""

from importlib.metadata import version
from pathlib import Path

from genaiops import __version__
from genaiops.project.packages import packages_of
from genaiops.project.wants import Used


def test_a_flow_without_code_runs_with_genaiops_alone(tmp_path: Path) -> None:
    assert packages_of(Used(models=frozenset({"a"})), tmp_path) == {"genaiops": __version__}


def test_code_runs_with_what_it_imports_and_the_files_beside_it_do(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import os, numpy.linalg\nfrom helper import x\n", "utf-8")
    (tmp_path / "helper.py").write_text("from pydantic import BaseModel\nimport no_such\n", "utf-8")
    found = packages_of(Used(functions=frozenset({("app:answer", tmp_path)})), tmp_path)
    assert found.keys() == {"genaiops", "python", "numpy", "pydantic"}
    assert found["numpy"] == version("numpy")


def test_an_installed_function_runs_with_its_package(tmp_path: Path) -> None:
    found = packages_of(Used(functions=frozenset({("yaml.nodes:Node", tmp_path)})), tmp_path)
    assert found["PyYAML"] == version("PyYAML")
