import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.endpoint import FakeEndpoint, serving
from tests.project.build import build_project

FLOW = """\
    inputs: {question: string}
    nodes:
      clean: {python: "nodes.py:clean", with: {text: "${inputs.question}"}}
    outputs: {answer: "${clean.output}"}
    """
CODE = "def clean(text: str) -> str:\n    return text.strip()\n"
RUN = ("run", "assistant", "-i", "question=  hi  ")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def coded(tmp_path: Path) -> Terminal:
    """A project with a Python node."""
    changes = {"flows/assistant/flow.yaml": FLOW, "flows/assistant/nodes.py": CODE}
    return Terminal(build_project(tmp_path, changes))


def test_code_runs_only_when_it_is_trusted(coded: Terminal) -> None:
    for command in (RUN, ("eval", "assistant")):
        done = coded(*command)
        assert done.code == 5
        assert "run the Python file flows/assistant/nodes.py (sha256 " in done.err
    assert "new      run the Python file" in coded.ok("trust")
    assert coded(*RUN).code == 5, "looking is not trusting"
    coded.ok("trust", "--yes")
    assert coded.ok(*RUN) == "hi\n"
    assert "trusted  run the Python file" in coded.ok("trust")


def test_code_that_is_not_trusted_leaves_no_trace(coded: Terminal) -> None:
    trap = "from pathlib import Path\nPath('ran').touch()\n" + CODE
    (coded.root / "flows/assistant/nodes.py").write_text(trap, "utf-8")
    for command in (RUN, ("eval", "assistant"), ("gate", "assistant"), ("check",), ("trust",)):
        coded(*command)
    assert not (coded.root / "ran").exists()


def test_one_byte_more_asks_again(coded: Terminal) -> None:
    coded.ok("trust", "--yes")
    with (coded.root / "flows/assistant/nodes.py").open("a", encoding="utf-8") as code:
        code.write("\n")
    done = coded(*RUN)
    assert done.code == 5
    assert "changed since it was trusted" in done.err


def test_a_digest_on_the_command_line_trusts_this_once(coded: Terminal) -> None:
    digest = coded(*RUN).err.split("--trust ")[1].split()[0]
    assert coded.ok(*RUN, "--trust", digest) == "hi\n"
    assert coded(*RUN).code == 5
    assert coded(*RUN, "--trust", digest[:-1]).code == 5


def test_another_digest_is_told_where_all_is_trusted_anyway(
    coded: Terminal,
) -> None:
    right = coded(*RUN).err.partition("--trust ")[2].split()[0]
    coded.ok("trust", "--yes")
    done = coded(*RUN, "--trust", "abc")
    assert done.code == 2
    assert f"--trust abc is not the digest of what this wants: that is {right}" in done.err
    assert coded.ok(*RUN, "--trust", right) == "hi\n"
    by_variable = replace(coded, environment={"GENAIOPS_TRUST": "abc"})
    assert by_variable.ok(*RUN) == "hi\n", "a variable is there for other commands, too"


def test_a_digest_of_what_wants_nothing_is_another_one(library: Terminal) -> None:
    done = library("eval", "assistant", "--trust", "abc")
    assert done.code == 2
    assert "--trust abc is not the digest of what this wants: nothing has to be" in done.err
    assert not (library.root / ".genaiops").exists()


def test_the_digest_of_the_whole_project_serves_ci(coded: Terminal) -> None:
    digest = coded("trust").err.split("--trust ")[1].split()[0]
    ci = Terminal(coded.root, {"GENAIOPS_TRUST": digest})
    assert ci.ok(*RUN) == "hi\n"
    ci.ok("eval", "assistant")


def test_trust_can_be_taken_back(coded: Terminal) -> None:
    coded.ok("trust", "--yes")
    coded.ok("trust", "--forget")
    assert coded(*RUN).code == 5


def test_a_project_of_data_wants_nothing(library: Terminal) -> None:
    done = library("trust")
    assert (done.code, done.out) == (0, "")
    assert "holds only data" in done.err
    assert json.loads(library.ok("trust", "--json")) == {"wants": [], "digest": None}


def test_wants_as_json_tell_whether_each_is_trusted(coded: Terminal) -> None:
    found = json.loads(coded.ok("trust", "--json"))
    assert f"--trust {found['digest']}" in coded("trust").err
    (want,) = found["wants"]
    assert (want["kind"], want["name"], want["trusted"]) == (
        "file", "flows/assistant/nodes.py", False,
    )  # fmt: skip
    assert len(want["sha256"]) == 64
    assert json.loads(coded.ok("trust", "--yes", "--json"))["wants"] == [{**want, "trusted": True}]
    forgotten = json.loads(coded.ok("trust", "--forget", "--json"))
    assert forgotten == {**found, "wants": [want]}


def test_a_damaged_list_of_trusted_projects_is_told(coded: Terminal) -> None:
    coded.ok("trust", "--yes")
    (coded.root / ".home/genaiops/trust.json").write_text("{", "utf-8")
    done = coded(*RUN)
    assert done.code == 2
    assert "trust.json: the list of trusted projects cannot be read" in done.err


def test_a_file_of_the_project_leads_no_named_model_elsewhere_without_a_question(
    tmp_path: Path,
) -> None:
    changes = {
        "genaiops.yaml": "name: x\nenv_file: .env\n",
        ".env": "OPENAI_BASE_URL=http://127.0.0.1:9/v1\n",
        "a.md": "{{ question }}",
        "q.csv": "question\nHow long?\n",
    }
    terminal = Terminal(build_project(tmp_path, changes), {"OPENAI_API_KEY": "sk-mine"})
    for asked in (("-p", "a.md", "-d", "q.csv"), ("assistant",)):
        done = terminal("eval", *asked, "-m", "openai:g")
        assert done.code == 5, done
        assert "reach 127.0.0.1:9" in done.err
        assert "read the environment variable OPENAI_API_KEY" in done.err


def test_a_planted_lock_lets_no_model_through(tmp_path: Path) -> None:
    locked = {"model": "safe", **dict.fromkeys(DIGESTS, "x")}
    changes = {
        "catalog.yaml": """\
            models:
              safe: {provider: extractive}
              extractive: {provider: openai, model: m, base_url: "http://127.0.0.1:9/v1"}
            """,
        "catalog.lock": json.dumps({"selections": {"extractive": locked}}),
    }
    done = Terminal(build_project(tmp_path, changes))("eval", "assistant")
    assert done.code == 5, done
    assert "reach 127.0.0.1:9" in done.err


DIGESTS = ("selection_digest", "entry_digest", "evidence_digest")


def test_the_digest_of_a_command_lets_it_run_to_its_end(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    entry = "{{provider: openai, model: m, base_url: '{}'}}"
    changes = {
        "catalog.yaml": (
            f"models:\n  extractive: {entry.format(endpoint.url())}\n"
            f"  other: {entry.format('http://127.0.0.1:9')}\n"
        ),
        "flows/assistant/flow.yaml": FLOW.replace(
            "nodes:", "nodes:\n      answer: {prompt: a.md, model: extractive}"
        ),
        "flows/assistant/a.md": "hi",
        "flows/assistant/nodes.py": CODE,
    }
    terminal = Terminal(build_project(tmp_path, changes))
    digest = terminal(*RUN).err.split("--trust ")[1].split()[0]
    assert terminal.ok(*RUN, "--trust", digest) == "hi\n"
