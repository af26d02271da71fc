"""The composite action: pinned, documented, and no text of a pull request in a shell."""

import re
import shlex
from typing import Any, cast

import pytest
from typer.main import get_command

from genaiops.cli.gate import app
from genaiops.specs.load import parse_yaml
from tests.pages import DOCS, ROOT

ACTION = ROOT / ".github/actions/gate/action.yml"
pytestmark = pytest.mark.skipif(not ACTION.exists(), reason="the action is no part of an sdist")


def action() -> dict[str, Any]:
    return cast("dict[str, Any]", parse_yaml(ACTION.read_text("utf-8"), str(ACTION)).value)


def test_other_actions_are_pinned_with_their_release() -> None:
    uses = re.findall(r"uses: (\S+) # v\d+\.\d+\.\d+\n", ACTION.read_text("utf-8"))
    assert len(uses) == ACTION.read_text("utf-8").count("uses:")
    assert all(re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", each) for each in uses)


def test_inputs_reach_a_shell_as_variables_only() -> None:
    runs = [step["run"] for step in action()["runs"]["steps"] if "run" in step]
    assert len(runs) == 3
    assert [run for run in runs if "${{" in run] == []


def test_every_input_is_used_and_documented() -> None:
    text, page = ACTION.read_text("utf-8"), (DOCS / "ci.md").read_text("utf-8")
    for name in action()["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name
        assert f"| `{name}` |" in page


def test_its_options_are_those_of_gate() -> None:
    (run,) = [step["run"] for step in action()["runs"]["steps"] if step["name"] == "Gate"]
    known = {option for each in get_command(app).params for option in each.opts}
    options = {word for word in shlex.split(run) if re.match(r"--?[a-z]", word)} - {"-r", "-a"}
    assert options == {"--against", "--comment", "-o"}
    assert options <= known
