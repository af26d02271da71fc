import json
from pathlib import Path

from tests.cli.terminal import Terminal


def break_model(library: Terminal) -> None:
    flow = library.root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("model: extractive", "model: extractiv"))


def test_a_project_without_faults_exits_with_0(library: Terminal) -> None:
    done = library("check")
    assert (done.code, done.err.splitlines()[-1].split(",")[0]) == (0, "0 errors")


def test_a_fault_is_told_with_its_place(library: Terminal) -> None:
    break_model(library)
    done = library("check")
    assert done.code == 2
    assert "flows/assistant/flow.yaml:6:5: unknown model" in done.out
    assert "did you mean 'extractive'" in done.out
    assert done.err.startswith("1 error, ")


def test_faults_as_json_have_their_places(library: Terminal) -> None:
    break_model(library)
    done = library("check", "--json")
    (fault,) = (found for found in json.loads(done.out) if found["severity"] == "error")
    assert done.code == 2
    assert (fault["file"], fault["line"], fault["severity"]) == (
        "flows/assistant/flow.yaml", 6, "error",
    )  # fmt: skip


def test_schemas_are_written_outside_of_any_project(library: Terminal) -> None:
    terminal = Terminal(library.root.parent)
    paths = terminal.ok("check", "--schema", str(library.root / "schemas")).splitlines()
    assert len(paths) >= 6
    for path in paths:
        assert json.loads(Path(path).read_text("utf-8"))["$schema"]
