import json
from dataclasses import replace

import pytest

from genaiops import __version__
from tests.cli.terminal import Terminal

KEYED = """\
models:
  extractive:
    provider: openai
    model: m
    base_url: http://127.0.0.1:1/v1
    api_key: ${env:LIBRARY_KEY}
"""


def test_a_project_that_can_run_is_well(library: Terminal) -> None:
    out = library.ok("doctor")
    assert out.startswith(f"genaiops {__version__}, Python 3.")
    assert "handbook was never built" in out
    assert out.endswith("all that its flows and evaluations need is here\n")
    assert max(map(len, out.splitlines())) <= max(80, len(f"  root      {library.root}"))


def test_what_is_missing_stands_with_its_remedy_and_exits_with_2(library: Terminal) -> None:
    (library.root / "catalog.yaml").write_text(KEYED, "utf-8")
    done = library("doctor")
    assert done.code == 2
    assert "missing, and needed\n  model extractive: LIBRARY_KEY is not set\n" in done.out
    assert "      export LIBRARY_KEY=…\n" in done.out


def test_no_value_of_a_variable_is_shown(library: Terminal) -> None:
    (library.root / "catalog.yaml").write_text(KEYED, "utf-8")
    secrets = {"LIBRARY_KEY": "sk-secret-1", "HTTPS_PROXY": "http://user:pw-secret-2@proxy:1"}
    here = replace(library, environment=secrets | {"GENAIOPS_TRUST": "secret-3"})
    for arguments in (("doctor",), ("doctor", "--json")):
        done = here(*arguments)
        assert done.code == 0
        assert "secret" not in done.out + done.err
    assert json.loads(here.ok("doctor", "--json"))["variables"]["LIBRARY_KEY"] is True


def test_files_with_faults_are_told_and_exit_with_2(library: Terminal) -> None:
    (library.root / "evals" / "assistant.yaml").write_text("flow: [\n", "utf-8")
    done = library("doctor")
    assert done.code == 2
    assert "all listed by genaiops check" in done.out
    assert json.loads(library("doctor", "--json").out)["project"]["can_run"] is False


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_without_a_project_it_is_well_too(library: Terminal, arguments: tuple[str, ...]) -> None:
    done = Terminal(library.root.parent)("doctor", *arguments)
    assert done.code == 0
    assert "no project here: genaiops init" in done.out or json.loads(done.out)["project"] is None
